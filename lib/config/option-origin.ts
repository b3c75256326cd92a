const ORIGIN = Symbol.for('nestjs-kopokopo.origin');

/**
 * Says which variable of the environment an option's value came from; nothing where the value is
 * another than the environment gave.
 *
 * @internal
 */
export type OptionOrigin = (path: string, value: unknown) => string | undefined;

/** A spread takes it along, and class-validator does not see it. @internal */
export function withOrigin<T extends object>(
  options: T,
  origin: OptionOrigin,
): T {
  return Object.assign(options, { [ORIGIN]: origin });
}

/**
 * Names an option as its giver knows it: by its variable, or by its path (`token.beat`).
 *
 * @internal
 */
export function labelsOf(options: object): (path: string) => string {
  const origin = (options as Record<symbol, OptionOrigin | undefined>)[ORIGIN];
  return (path) => origin?.(path, valueAt(options, path)) ?? path;
}

function valueAt(options: object, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>(
      (value, key) => (value as Record<string, unknown> | undefined)?.[key],
      options,
    );
}
