import { instantOf } from '../../values/instants.js';
import { Money } from '../../values/money.js';
import { readPhoneNumber } from '../../values/phone-number.js';

/** An object as JSON has it. @internal */
export type JsonObject = Readonly<Record<string, unknown>>;

/** What the module does not know of an answer, by its names on the wire. @publicApi */
export type UnknownFields = Readonly<Record<string, unknown>>;

const NOTHING: UnknownFields = Object.freeze({});

/** @internal */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Reads the fields of an answer, tolerant of the types in which Kopo Kopo sends them (API page, §3), and
 * keeps account of what nobody has read.
 *
 * @internal
 */
export class Attributes {
  private readonly source: JsonObject;
  /** Few names, looked at once each: a list is quicker than a set. */
  private readonly read: string[] = [];

  constructor(source: unknown) {
    this.source = isObject(source) ? source : {};
  }

  /** A text; a number is taken for one. */
  text(name: string): string | undefined {
    const value = this.source[name];
    if (typeof value === 'string') return this.found(name, value);
    return typeof value === 'number'
      ? this.found(name, String(value))
      : this.absent(name, value);
  }

  /** A text that is not empty. */
  word(name: string): string | undefined {
    return this.text(name)?.trim() || undefined;
  }

  /** A phone number, as `+254…` where it is a Kenyan mobile number. */
  phone(name: string): string | undefined {
    const text = this.word(name);
    return text === undefined ? undefined : readPhoneNumber(text);
  }

  flag(name: string): boolean | undefined {
    const value = this.source[name];
    return typeof value === 'boolean'
      ? this.found(name, value)
      : this.absent(name, value);
  }

  time(name: string): Date | undefined {
    const value = this.source[name];
    const date = typeof value === 'string' ? instantOf(value) : undefined;
    return date === undefined
      ? this.absent(name, value)
      : this.found(name, date);
  }

  money(name: string, currency = 'KES'): Money | undefined {
    const value = this.source[name];
    const money = Money.parse(value, currency);
    return money === undefined
      ? this.absent(name, value)
      : this.found(name, money);
  }

  /** An object below; one without fields where there is none. */
  below(name: string): Attributes {
    const value = this.source[name];
    if (!isObject(value)) this.absent(name, value);
    return new Attributes(
      isObject(value) ? this.found(name, value) : undefined,
    );
  }

  has(name: string): boolean {
    return isObject(this.source[name]);
  }

  /** The objects of a list; none where there is no list. */
  list(name: string): Attributes[] {
    const value = this.source[name];
    if (!Array.isArray(value)) {
      this.absent(name, value);
      return [];
    }
    this.found(name, value);
    return value.filter(isObject).map((one) => new Attributes(one));
  }

  /** What Kopo Kopo gives back of the metadata. */
  pairs(name: string): Readonly<Record<string, unknown>> {
    const value = this.source[name];
    if (isObject(value)) return Object.freeze({ ...this.found(name, value) });
    this.absent(name, value);
    return NOTHING;
  }

  /** What went wrong, whatever shape it has: null, a text, a list of texts. */
  failures(name: string): string[] {
    const value = this.source[name];
    this.found(name, value);
    const all: unknown[] = Array.isArray(value) ? value : [value];
    return all
      .filter((one) => one != null && one !== '')
      .map((one) => (typeof one === 'string' ? one : JSON.stringify(one)));
  }

  /** Everything that nobody has read, or could read, here and in these objects below. */
  rest(below: Readonly<Record<string, Attributes>> = {}): UnknownFields {
    let unknown: Record<string, unknown> | undefined;
    for (const name of Object.keys(this.source)) {
      if (this.read.includes(name)) continue;
      unknown ??= Object.create(null) as Record<string, unknown>;
      unknown[name] = this.source[name];
    }
    for (const [name, one] of Object.entries(below)) {
      const rest = one.rest();
      if (rest === NOTHING) continue;
      unknown ??= Object.create(null) as Record<string, unknown>;
      unknown[name] = rest;
    }
    return unknown === undefined ? NOTHING : Object.freeze({ ...unknown });
  }

  private found<T>(name: string, value: T): T {
    this.read.push(name);
    return value;
  }

  /** Nothing to keep where there was nothing. */
  private absent(name: string, value: unknown): undefined {
    if (value == null) this.read.push(name);
    return undefined;
  }
}
