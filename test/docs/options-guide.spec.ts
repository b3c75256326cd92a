import { afterEach, describe, expect, it } from '@jest/globals';
import { getMetadataStorage } from 'class-validator';
import {
  HttpOptionsSchema,
  OptionsSchema,
  ResultsOptionsSchema,
  ShutdownOptionsSchema,
  TokenOptionsSchema,
  WebhooksOptionsSchema,
} from '../../lib/config/options.schema.js';
import { resolveOptions } from '../../lib/config/options.resolver.js';
import { httpOptions } from '../../lib/http/http-options.factory.js';
import { code, guide, README } from './documents.js';

interface Row {
  option: string;
  /** As it is printed: `10 000`, `required`, or nothing. */
  default: string;
  variables: string[];
}

const ROWS: Row[] = guide('options')
  .table('Option')
  .map(([option, , , value, variables]) => ({
    option: code(option!)[0]!,
    default: value!.replaceAll('`', ''),
    variables: code(variables!),
  }));

/** By its name, as an app has it. */
const ENTRY: string = 'nestjs-kopokopo/config';

const CREDENTIALS = { clientId: 'id', clientSecret: 'secret' };
const GIVEN = { ...CREDENTIALS, environment: 'sandbox' } as const;

/** A text that each variable takes, and the value that it stands for. */
const SAMPLES: Record<string, [string, unknown]> = {
  KOPOKOPO_ENVIRONMENT: ['sandbox', 'sandbox'],
  KOPOKOPO_BASE_URL: ['https://one.example', 'https://one.example'],
  KOPOKOPO_CLIENT_SECRETS: ['one,two', ['one', 'two']],
  KOPOKOPO_API_VERSION: ['v1', 'v1'],
  KOPOKOPO_TOKEN_PREFETCH: ['required', 'required'],
  KOPOKOPO_TOKEN_EARLY_WINDOW: ['0.5', 0.5],
  KOPOKOPO_JOURNAL: ['best-effort', 'best-effort'],
  KOPOKOPO_WEBHOOKS_PATH: ['/hooks', '/hooks'],
  KOPOKOPO_WEBHOOKS_PUBLIC_URL: [
    'https://shop.example',
    'https://shop.example',
  ],
  KOPOKOPO_QUEUE_REDIS_URL: [
    'redis://127.0.0.1:1',
    expect.objectContaining({ start: expect.any(Function) }),
  ],
  KOPOKOPO_REDIS_URL: [
    'redis://127.0.0.1:1',
    expect.objectContaining({ close: expect.any(Function) }),
  ],
};

function at(options: object, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>(
      (value, key) => (value as Record<string, unknown> | undefined)?.[key],
      options,
    );
}

function optionsOf(schema: new () => object): string[] {
  const metadata = getMetadataStorage().getTargetValidationMetadatas(
    schema,
    '',
    false,
    false,
  );
  return [...new Set(metadata.map(({ propertyName }) => propertyName))];
}

describe('the options guide', () => {
  it('lists exactly the options that the module takes', () => {
    const nested = {
      http: HttpOptionsSchema,
      token: TokenOptionsSchema,
      webhooks: WebhooksOptionsSchema,
      results: ResultsOptionsSchema,
      shutdown: ShutdownOptionsSchema,
    };
    const expected = [
      ...optionsOf(OptionsSchema).filter((name) => !(name in nested)),
      ...Object.entries(nested).flatMap(([name, schema]) =>
        optionsOf(schema).map((option) => `${name}.${option}`),
      ),
    ];
    expect(ROWS.map(({ option }) => option).toSorted()).toEqual(
      expected.toSorted(),
    );
  });

  it.each(ROWS)('tells the default of $option', (row) => {
    if (row.default === 'required') {
      const given: object = { ...GIVEN, [row.option]: undefined };
      expect(() => resolveOptions(given as typeof GIVEN)).toThrow(row.option);
      return;
    }
    // Both are given in its place, so that nothing else is there.
    if (['environment', 'baseUrl'].includes(row.option)) {
      expect(row.default).toBe('');
      return;
    }
    const resolved = resolveOptions(GIVEN);
    const { proxy } = httpOptions(resolved);
    const value =
      row.option === 'http.proxy' ? proxy : at(resolved, row.option);
    const printed = row.default.replace(
      '(node …)',
      `(node ${process.versions.node})`,
    );
    expect(
      typeof value === 'number' ? spaced(value) : String(value ?? ''),
    ).toBe(printed);
  });

  it('is of one mind with the README', () => {
    const short = README.table('Option').map(([option, value]) => ({
      option: code(option!)[0]!,
      default: value!
        .replaceAll('`', '')
        .replace(/ ms$|^none$|^required ¹$/, ''),
    }));
    expect(short).toHaveLength(10);
    for (const { option, default: value } of short) {
      const row = ROWS.find((one) => one.option === option);
      expect({ option, default: value }).toEqual({
        option,
        default: row?.default,
      });
    }
  });
});

function spaced(value: number): string {
  return value.toLocaleString('en').replaceAll(',', ' ');
}

describe('the variables of the options guide', () => {
  const environment = process.env;
  afterEach(() => {
    process.env = environment;
  });

  /** The options that the namespace makes of these variables, and the variables that it looks at. */
  async function read(variables: Record<string, string>) {
    const { kopokopoConfig } = (await import(ENTRY)) as {
      kopokopoConfig: () => object | Promise<object>;
    };
    const names = new Set<string>();
    process.env = new Proxy(variables, {
      get: (target, name) => {
        if (String(name).startsWith('KOPOKOPO_')) names.add(String(name));
        return Reflect.get(target, name) as unknown;
      },
    });
    return { options: await kopokopoConfig(), names };
  }

  it('are exactly those that are read', async () => {
    const { names } = await read({});
    // One Redis is both stores.
    const listed = new Set(ROWS.flatMap(({ variables }) => variables));
    expect(listed).toEqual(names);
  });

  it.each(
    ROWS.flatMap((row) =>
      row.variables.map((variable) => ({ ...row, variable })),
    ),
  )('$variable sets $option', async ({ option, variable, default: value }) => {
    const sample = SAMPLES[variable] ?? sampleLike(value);
    const { options } = await read({ [variable]: sample[0] });
    expect(at(options, option)).toEqual(sample[1]);
  });
});

/** Another value of the same kind. */
function sampleLike(value: string): [string, unknown] {
  if (/^\d/.test(value)) return ['7', 7];
  if (value === 'true') return ['false', false];
  return ['text', 'text'];
}
