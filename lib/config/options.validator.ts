import type { Type } from '@nestjs/common';
import { Validator } from 'class-validator';
import { KopoKopoConfigurationError } from '../errors/configuration.error.js';
import type { KopoKopoModuleOptions } from './kopokopo-options.interface.js';
import { plainObject } from './object-checks.js';
import { MISSING } from './option-checks.js';
import { labelsOf } from './option-origin.js';
import { relationProblems } from './option-relations.js';
import {
  HttpOptionsSchema,
  OptionsSchema,
  ResultsOptionsSchema,
  ShutdownOptionsSchema,
  TokenOptionsSchema,
  WebhooksOptionsSchema,
} from './options.schema.js';

/** Of our own: the app's may come from a container that was closed. */
const validator = new Validator();

const NESTED: Record<string, Type<object>> = {
  http: HttpOptionsSchema,
  token: TokenOptionsSchema,
  webhooks: WebhooksOptionsSchema,
  results: ResultsOptionsSchema,
  shutdown: ShutdownOptionsSchema,
};

/**
 * One wrong option.
 *
 * @internal
 */
export interface OptionProblem {
  sentence: string;
  /** The value is wrong by itself: it is neither missing nor at odds with another option. */
  isWrong: boolean;
}

/**
 * Throws with one sentence for each wrong field; no sentence holds the value of a secret.
 *
 * @internal
 */
export function validateOptions(
  options: unknown,
  name?: string,
): asserts options is KopoKopoModuleOptions {
  const sentences = optionProblems(options).map(({ sentence }) => sentence);
  if (sentences.length === 0) return;
  const which = name === undefined ? '' : ` "${name}"`;
  throw new KopoKopoConfigurationError(
    `KopoKopoModule${which} is not set up:\n${sentences.map((s) => `- ${s}`).join('\n')}`,
    { messages: sentences },
  );
}

/** Everything that is wrong with options, each named as its giver knows it. @internal */
export function optionProblems(options: unknown): OptionProblem[] {
  if (plainObject(options) !== undefined) {
    const sentence =
      'The options must be an object; the factory returned none.';
    return [{ sentence, isWrong: true }];
  }
  const given = options as Record<string, unknown>;
  const label = labelsOf(given);
  const wrong = check(OptionsSchema, given, '');
  for (const [field, schema] of Object.entries(NESTED)) {
    const value = given[field];
    if (value !== undefined && plainObject(value) === undefined) {
      wrong.push(...check(schema, value as object, `${field}.`));
    }
  }
  const fields = wrong.map(([path, problem]): OptionProblem => {
    const isWrong = problem !== MISSING;
    const fix = isWrong ? '' : `; ${toSet(path, label(path))}`;
    return { sentence: `${label(path)} ${problem}${fix}.`, isWrong };
  });
  const relations = relationProblems(given, label);
  return [
    ...fields,
    ...relations.map((sentence) => ({ sentence, isWrong: false })),
  ];
}

/** What to do about an option that is not there. */
function toSet(path: string, label: string): string {
  return path === label
    ? `set it (is an environment variable missing?)`
    : 'set it';
}

/** Paths of wrong fields, each with what is wrong. */
function check(
  schema: Type<object>,
  values: object,
  path: string,
): [path: string, problem: string][] {
  const errors = validator.validateSync(Object.assign(new schema(), values), {
    whitelist: true,
    forbidNonWhitelisted: true,
    stopAtFirstError: true,
  });
  return errors.map(({ property, constraints }) => [
    path + property,
    constraints!.option ?? 'is not an option; remove it',
  ]);
}
