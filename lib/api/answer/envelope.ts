import { KopoKopoResponseError } from '../../errors/response.error.js';
import { Attributes, isObject } from './attributes.js';

/** The envelope of a resource (API page, §3). @internal */
export interface Envelope {
  id: string;
  type: string;
  attributes: Attributes;
}

/**
 * Opens the envelope of an answer.
 *
 * @throws KopoKopoResponseError where it is none
 * @internal
 */
export function openEnvelope(
  body: unknown,
  call: { method: string; path: string },
): Envelope {
  const data = isObject(body) ? body.data : undefined;
  if (isObject(data) && isObject(data.attributes)) {
    const { id, type } = data;
    const isNamed = typeof id === 'string' || typeof id === 'number';
    if (isNamed && id !== '' && typeof type === 'string') {
      const attributes = new Attributes(data.attributes);
      return { id: String(id), type, attributes };
    }
  }
  throw new KopoKopoResponseError(
    'The answer of Kopo Kopo is no resource: data with id, type and attributes is missing.',
    call,
  );
}
