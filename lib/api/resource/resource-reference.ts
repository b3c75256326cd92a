import { KopoKopoResponseError } from '../../errors/response.error.js';
import { KopoKopoValidationError } from '../../errors/validation.error.js';
import { resolveApiPath } from '../api-path.resolver.js';

/**
 * A created resource and its place. A plain object that survives JSON.
 *
 * @publicApi
 */
export interface ResourceReference {
  /** Id of the resource; also `id` of its answers and of its results. */
  readonly id: string;
  /** Kopo Kopo's word for its kind, such as `incoming_payment`. */
  readonly type: string;
  /** URL of the resource. */
  readonly location: string;
}

/** By what a resource can be asked for: a reference, an id or a location. @publicApi */
export type ResourceTarget = ResourceReference | string;

/** Where the resources of one kind are. @internal */
export interface ResourcePlace {
  origin: string;
  version: string;
  /** Such as `incoming_payments`. */
  path: string;
  /** Such as `incoming_payment`. */
  type: string;
}

/** An id is one part of a path, and means nothing to a URL parser. */
const ID = /^(?!\.{1,2}$)[\w.~:-]{1,200}$/;

/**
 * The reference of what a POST created.
 *
 * @throws KopoKopoResponseError with `outcome: 'unknown'` where the answer names no resource: it was
 * accepted, and its id is not known
 * @internal
 */
export function referenceOf(
  location: string | undefined,
  place: ResourcePlace,
  status: number,
): ResourceReference {
  const id = location === undefined ? undefined : idOf(location, place.origin);
  if (id === undefined) {
    throw new KopoKopoResponseError(
      `Kopo Kopo accepted the request and did not say where it is: its id is unknown. Do not send it again; look for it in Kopo Kopo's dashboard.`,
      { status, method: 'POST', path: `/api/${place.version}/${place.path}` },
    );
  }
  return referenceTo(id, place);
}

/** @internal */
export function referenceTo(
  id: string,
  place: ResourcePlace,
): ResourceReference {
  return Object.freeze({ id, type: place.type, location: urlOf(id, place) });
}

/**
 * The id of what is asked for.
 *
 * @throws KopoKopoValidationError for a location of another host or another kind, and for what is none
 * of the three
 * @internal
 */
export function targetId(target: ResourceTarget, place: ResourcePlace): string {
  if (typeof target === 'string') return idOfText(target, place);
  const { id, type } = { ...(target as Partial<ResourceReference> | null) };
  if (typeof id === 'string' && ID.test(id)) {
    if (type === undefined || type === place.type) return id;
    throw new KopoKopoValidationError(
      `The reference is of another kind: ${place.type} is needed.`,
    );
  }
  throw new KopoKopoValidationError(
    'Pass the reference that create gave, an id or a location.',
  );
}

function idOfText(target: string, place: ResourcePlace): string {
  if (ID.test(target)) return target;
  const path = resolveApiPath(target, {
    origin: place.origin,
    apiVersion: place.version,
  });
  const [, kind, id = ''] =
    /^\/+api\/v\d+\/+([^/]+)\/([^/?]+)$/.exec(path) ?? [];
  if (kind === place.path && ID.test(id)) return id;
  throw new KopoKopoValidationError(
    `The location is none of ${place.path}: pass the reference that create gave, an id or a location.`,
  );
}

/** Locations differ in host, scheme and version (API page, §3); the last part is the id in all of them. */
function idOf(location: string, origin: string): string | undefined {
  if (!URL.canParse(location, origin)) return undefined;
  const [path] = location.replace(/^[a-z]+:\/\/[^/]*/i, '').split(/[?#]/, 1);
  const id = path!.replace(/\/+$/, '').split('/').at(-1)!;
  return ID.test(id) ? id : undefined;
}

/** Path of a resource below the origin. @internal */
export function pathOfResource(
  id: string,
  { version, path }: ResourcePlace,
): string {
  return `/api/${version}/${path}/${id}`;
}

function urlOf(id: string, place: ResourcePlace): string {
  return place.origin + pathOfResource(id, place);
}
