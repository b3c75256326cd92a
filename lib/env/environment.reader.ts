import { redisUrlProblem } from '../config/redis-url.js';
import { KopoKopoConfigurationError } from '../errors/configuration.error.js';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads variables strictly and remembers what was wrong, so that one boot names every mistake.
 *
 * @internal
 */
export class EnvironmentReader {
  readonly #problems: string[] = [];

  constructor(private readonly environment: Environment) {}

  /** An empty variable counts as unset: that is how compose files and charts leave one out. */
  text(name: string): string | undefined {
    const value = this.environment[name];
    return value === undefined || value === '' ? undefined : value;
  }

  list(name: string): string[] | undefined {
    const entries = this.text(name)?.split(',');
    if (entries?.some((entry) => entry.trim() === '')) {
      this.#problems.push(
        `${name} must be a comma-separated list without gaps.`,
      );
    }
    return entries?.map((entry) => entry.trim());
  }

  redisUrl(name: string): string | undefined {
    const value = this.text(name);
    const problem = value === undefined ? undefined : redisUrlProblem(value);
    if (problem !== undefined) this.#problems.push(`${name} ${problem}.`);
    return value;
  }

  integer(name: string): number | undefined {
    return this.number(name, /^\d{1,15}$/, 'a whole number, digits only');
  }

  decimal(name: string): number | undefined {
    return this.number(
      name,
      /^\d{1,15}(\.\d{1,15})?$/,
      'a number such as 0.25',
    );
  }

  boolean(name: string): boolean | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    if (value !== 'true' && value !== 'false') {
      this.#problems.push(`${name} must be true or false.`);
    }
    return value === 'true';
  }

  /** Two variables that say the same thing can't both be right. */
  exclusive(one: string, other: string): void {
    if (this.text(one) !== undefined && this.text(other) !== undefined) {
      this.#problems.push(
        `${one} and ${other} are both set; remove one of them.`,
      );
    }
  }

  /** Throws where anything read so far was wrong. */
  finish(): void {
    if (this.#problems.length === 0) return;
    throw new KopoKopoConfigurationError(
      `The environment is not set up:\n${this.#problems.map((s) => `- ${s}`).join('\n')}`,
      { messages: this.#problems },
    );
  }

  private number(name: string, form: RegExp, must: string): number | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    if (!form.test(value)) this.#problems.push(`${name} must be ${must}.`);
    return Number(value);
  }
}
