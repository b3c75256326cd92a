import { TOKEN_DEFAULTS, withDefaults } from './options.defaults.js';

/**
 * The faults between options that are right by themselves, a sentence each.
 *
 * @internal
 */
export function relationProblems(
  given: Record<string, unknown>,
  label: (path: string) => string,
): string[] {
  const { environment, baseUrl } = given;
  const sentences: string[] = [];
  if (environment === undefined && baseUrl === undefined) {
    sentences.push(
      `${label('environment')} is missing; set it to sandbox or production, or set ${label('baseUrl')}.`,
    );
  }
  const token = withDefaults(TOKEN_DEFAULTS, given.token as object);
  if (token.lapse < 2 * token.beat) {
    sentences.push(
      `${label('token.lapse')} must be at least twice ${label('token.beat')}; change one of them.`,
    );
  }
  if (token.cooldownMax > 0 && token.cooldownMin > token.cooldownMax) {
    sentences.push(
      `${label('token.cooldownMin')} is greater than ${label('token.cooldownMax')}; change one of them.`,
    );
  }
  const webhooks = withDefaults<{ publicUrl?: unknown }>(
    {},
    given.webhooks as object,
  );
  if (webhooks.publicUrl !== undefined && given.apiKey === undefined) {
    sentences.push(
      `${label('webhooks.publicUrl')} is set and ${label('apiKey')} is not: Kopo Kopo would send results that can't be verified; set ${label('apiKey')}.`,
    );
  }
  if (environment !== undefined && baseUrl !== undefined) {
    sentences.push(
      `${label('environment')} and ${label('baseUrl')} are both set; remove one of them.`,
    );
  }
  return sentences;
}
