/**
 * Members of a form or JSON body, read alike as Rails does; undefined if it is no JSON object.
 * Members that are not text are left out.
 *
 * @internal
 */
export function parseForm(
  contentType: string | undefined,
  body: string,
): Record<string, string> | undefined {
  if (contentType?.startsWith('application/x-www-form-urlencoded')) {
    return Object.fromEntries(new URLSearchParams(body));
  }
  if (contentType?.startsWith('application/json')) {
    const members = parseJson(body);
    return members && onlyText(members);
  }
  return {};
}

/** The members of a JSON object; undefined if the text is anything else. @internal */
export function parseJson(body: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return value instanceof Object && !Array.isArray(value);
}

function onlyText(members: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(members).filter(
      (member): member is [string, string] => typeof member[1] === 'string',
    ),
  );
}

/** The value, unless it is missing or blank. @internal */
export function present(value: string | undefined): string | undefined {
  return value?.trim() ? value : undefined;
}
