import type { KopoKopoModuleOptions } from '../config/kopokopo-options.interface.js';
import { withOrigin } from '../config/option-origin.js';
import { type Variable, VARIABLES, type VariableKind } from './variables.js';

/** @internal */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A text that can't be read stays one, and is refused as an option of the wrong kind. */
const READERS: Record<VariableKind, (value: string) => unknown> = {
  text: (value) => value,
  // Blanks beside a comma are taken away, and nothing else that does not belong there.
  list: (value) => value.split(/[ \t]*,[ \t]*/),
  integer: (value) => (/^\d{1,15}$/.test(value) ? Number(value) : value),
  decimal: (value) =>
    /^\d{1,15}(\.\d{1,15})?$/.test(value) ? Number(value) : value,
  boolean: (value) =>
    value === 'true' || value === 'false' ? value === 'true' : value,
  'redis-url': () => undefined,
};

/**
 * The variables of one account: `KOPOKOPO_*`, or `SHOP_B_KOPOKOPO_*` with the prefix `SHOP_B_`.
 *
 * @internal
 */
export class EnvironmentReader {
  constructor(
    private readonly environment: Environment,
    private readonly prefix: string,
  ) {}

  /** The variable's name in full. */
  nameOf(name: string): string {
    return `${this.prefix}KOPOKOPO_${name}`;
  }

  /** An empty variable counts as unset: that is how compose files and charts leave one out. */
  text(name: string): string | undefined {
    const value = this.environment[this.nameOf(name)];
    return value === '' ? undefined : value;
  }

  /** The options as they are in the environment; they know by which variable each was given. */
  options(): KopoKopoModuleOptions {
    const root: Record<string, unknown> = {
      token: {},
      webhooks: {},
      shutdown: {},
    };
    const given = new Map<string, { variable: Variable; value: unknown }>();
    for (const variable of VARIABLES) {
      const { name, option, kind } = variable;
      const text = this.text(name);
      const value = text === undefined ? undefined : READERS[kind](text);
      if (value === undefined && given.has(option)) continue;
      given.set(option, { variable, value });
      put(root, option, value);
    }
    return withOrigin(
      root as unknown as KopoKopoModuleOptions,
      (path, value) => {
        const source = given.get(path);
        return source === undefined || source.value !== value
          ? undefined
          : this.nameOf(source.variable.name);
      },
    );
  }
}

function put(
  root: Record<string, unknown>,
  path: string,
  value: unknown,
): void {
  const [key, nested] = path.split('.') as [string, string?];
  if (nested === undefined) root[key] = value;
  else (root[key] as Record<string, unknown>)[nested] = value;
}
