import type { Envelope } from '../answer/envelope.js';
import type { Problem } from '../request/field.decorator.js';

/** @internal */
export type ApiVersion = string;

/** What is to be known of a resource; the client does the rest. @internal */
export interface ResourceDefinition<Request extends object, Answer> {
  /** Last part of its path, by version; a resource of one version is always called there. */
  paths: { v1?: string; v2?: string };
  /** Kopo Kopo's word for its kind. */
  type: string;
  /** Class of the request, or several of which its `type` names one. */
  request: (new () => Request) | Readonly<Record<string, new () => Request>>;
  /** What is wrong with a request beside its fields. */
  problems?: (request: Request) => Problem[];
  /** The JSON body. */
  toBody(request: Request, version: ApiVersion): object;
  /** The answer of an envelope. */
  read(envelope: Envelope, origin: string): Answer;
}

/** The version and the path of a resource where this version is asked for. @internal */
export function versionOf(
  { paths }: Pick<ResourceDefinition<object, unknown>, 'paths'>,
  asked: ApiVersion,
): { version: ApiVersion; path: string } {
  if (paths.v2 === undefined) return { version: 'v1', path: paths.v1! };
  if (paths.v1 === undefined) return { version: 'v2', path: paths.v2 };
  const path = asked === 'v1' ? paths.v1 : paths.v2;
  return { version: asked, path };
}
