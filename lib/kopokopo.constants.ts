/** The release of this package, as in package.json. */
export const VERSION = '0.1.0';

/** The options of one instance: resolved, with defaults, validated. @internal */
export const KOPOKOPO_OPTIONS = Symbol.for('nestjs-kopokopo.options');

/** The HttpService of one instance; not under its class, where `app.get(HttpService)` would find it. @internal */
export const KOPOKOPO_HTTP = Symbol.for('nestjs-kopokopo.http');

/** The name of one instance, `undefined` for the default one. @internal */
export const KOPOKOPO_NAME = Symbol.for('nestjs-kopokopo.name');
