import type { Type } from '@nestjs/common';
import { validateSync } from 'class-validator';
import { KopoKopoConfigurationError } from '../errors/configuration.error.js';
import type { KopoKopoModuleOptions } from './kopokopo-options.interface.js';
import { TOKEN_DEFAULTS, withDefaults } from './options.defaults.js';
import { plainObject } from './option-checks.js';
import {
  HttpOptionsSchema,
  OptionsSchema,
  ShutdownOptionsSchema,
  TokenOptionsSchema,
} from './options.schema.js';

const NESTED: Record<string, Type<object>> = {
  http: HttpOptionsSchema,
  token: TokenOptionsSchema,
  shutdown: ShutdownOptionsSchema,
};

/**
 * Throws with one sentence for each wrong field; no sentence holds a value.
 *
 * @internal
 */
export function validateOptions(
  options: unknown,
  name?: string,
): asserts options is KopoKopoModuleOptions {
  const sentences = problemsOf(options);
  if (sentences.length === 0) return;
  const which = name === undefined ? '' : ` "${name}"`;
  throw new KopoKopoConfigurationError(
    `KopoKopoModule${which} is not set up:\n${sentences.map((s) => `- ${s}`).join('\n')}`,
    { messages: sentences },
  );
}

function problemsOf(options: unknown): string[] {
  if (plainObject(options) !== undefined) {
    return ['The options must be an object; the factory returned none.'];
  }
  const given = options as Record<string, unknown>;
  const sentences = check(OptionsSchema, given, '');
  for (const [field, schema] of Object.entries(NESTED)) {
    const value = given[field];
    if (value !== undefined && plainObject(value) === undefined) {
      sentences.push(...check(schema, value as object, `${field}.`));
    }
  }
  if (given.environment === undefined && given.baseUrl === undefined) {
    sentences.push(
      'environment is missing; set environment (KOPOKOPO_ENVIRONMENT) to sandbox or production, or set baseUrl (KOPOKOPO_BASE_URL).',
    );
  }
  const token = withDefaults(TOKEN_DEFAULTS, given.token as object);
  if (!(token.lapse >= 2 * token.beat)) {
    sentences.push('token.lapse must be at least twice token.beat.');
  }
  if (token.cooldownMax > 0 && token.cooldownMin > token.cooldownMax) {
    sentences.push(
      'token.cooldownMin is greater than token.cooldownMax; change one of them.',
    );
  }
  if (given.environment !== undefined && given.baseUrl !== undefined) {
    sentences.push('environment and baseUrl are both set; remove one of them.');
  }
  return sentences;
}

function check(schema: Type<object>, values: object, path: string): string[] {
  const errors = validateSync(Object.assign(new schema(), values), {
    whitelist: true,
    forbidNonWhitelisted: true,
    stopAtFirstError: true,
  });
  return errors.map(
    ({ property, constraints }) =>
      path +
      (constraints!.option ?? `${property} is not an option; remove it.`),
  );
}
