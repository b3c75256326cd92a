/**
 * Options of one API call.
 *
 * @publicApi
 */
export interface KopoKopoCallOptions {
  /** Query parameters. */
  query?: Readonly<Record<string, string | number | boolean>> | undefined;
  /** Milliseconds for one HTTP attempt; the `timeout` option of the module where left out. */
  timeout?: number | undefined;
  /** Ends the call when it aborts; a POST that was under way has `outcome: 'unknown'` then. */
  signal?: AbortSignal | undefined;
}

/**
 * An API call in full.
 *
 * @publicApi
 */
export interface KopoKopoRequest extends KopoKopoCallOptions {
  /** `POST` creates and is sent once; `GET` may be repeated. */
  method: 'GET' | 'POST';
  /** Path below `/api/{version}`, a path from `/api/...`, or a `Location` that Kopo Kopo gave. */
  path: string;
  /** JSON body of a `POST`. */
  body?: unknown;
}

/**
 * A 2xx answer of the API.
 *
 * @publicApi
 */
export interface KopoKopoResponse<T = unknown> {
  /** HTTP status. */
  status: number;
  /** Headers, names in lower case. */
  headers: Readonly<Record<string, string>>;
  /** The parsed JSON body; `undefined` where there was none. */
  body: T;
}
