import { fieldRule } from '../../values/field-rule.decorator.js';

/** A thing that is wrong: where below the field, such as `[1].phoneNumber`, and the end of a sentence. @internal */
export interface Problem {
  path: string;
  text: string;
}

/** What is to be known of the field of a request. @internal */
export interface FieldRule {
  /** What is wrong with a value; `owner` is the request that has it. */
  problems(value: unknown, owner?: object): Problem[];
  /** The value as it is sent, once nothing is wrong with it. */
  read(value: unknown): unknown;
}

const RULES = new WeakMap<object, Map<string, FieldRule>>();

/**
 * A field of a request: its rule holds for `create` and, as a class-validator rule, in controllers.
 *
 * @internal
 */
export function Field(rule: FieldRule): PropertyDecorator {
  const isValid = fieldRule('kopokopo', (value, owner) => {
    const problems = rule.problems(value, owner);
    if (problems.length === 0) return undefined;
    return problems
      .map(({ path, text }) => `$property${path} ${text}`)
      .join('; ');
  });
  return (prototype, key) => {
    const own = RULES.get(prototype) ?? new Map<string, FieldRule>();
    RULES.set(prototype, own.set(String(key), rule));
    isValid(prototype, key);
    // With this type a pipe that converts implicitly leaves the value as it came: it would make `true` of 'false'.
    Reflect.defineMetadata?.('design:type', Object, prototype, key);
  };
}

/** Fields of a request class and of those that it extends. @internal */
export function fieldsOf(Class: new () => object): Map<string, FieldRule> {
  const fields = new Map<string, FieldRule>();
  let prototype = Class.prototype as object | null;
  while (prototype !== null) {
    for (const [name, rule] of RULES.get(prototype) ?? []) {
      if (!fields.has(name)) fields.set(name, rule);
    }
    prototype = Object.getPrototypeOf(prototype) as object | null;
  }
  return fields;
}
