import { inspect } from 'node:util';

/** Credentials and a phone number that can be found again wherever they end up. */
export const NEEDLES = {
  clientId: 'cl_n33dle-ID.0451',
  secret: 'S3cr3t/n33dle+of=the&shop%7E',
  token: 'T0ken~n33dle.of-the_shop+/==',
  phone: '+254712345678',
};

/** Every coding in which a text can travel. */
function codings(text: string): string[] {
  const bytes = Buffer.from(text);
  // Within a longer text base64 falls on one of three alignments; its first and last group depend on the neighbours.
  const aligned = [0, 1, 2].map((shift) =>
    Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      .replace(/=+$/, '')
      .slice(4, -4),
  );
  const percent = encodeURIComponent(text);
  return [
    text,
    percent,
    percent.replace(/%../g, (code) => code.toLowerCase()),
    new URLSearchParams({ t: text }).toString().slice(2),
    JSON.stringify(text).slice(1, -1),
    bytes.toString('base64'),
    bytes.toString('base64url'),
    bytes.toString('hex'),
    ...aligned,
    ...aligned.map((part) => part.replace(/\+/g, '-').replace(/\//g, '_')),
  ];
}

const national = NEEDLES.phone.slice('+254'.length);
const FORMS = [
  ...codings(NEEDLES.secret),
  ...codings(NEEDLES.token),
  NEEDLES.phone,
  national,
  encodeURIComponent(NEEDLES.phone),
];

/** What can be read out of a text that must not be there; `more` are needles of this text alone. */
export function needlesIn(text: string, more: string[] = []): string[] {
  return [...FORMS, ...more.flatMap(codings)].filter((form) =>
    text.includes(form),
  );
}

/** Everything that can be had of a thing: printed, written, and walked through property by property. */
export function everythingOf(thing: unknown): string {
  const printed = [true, false].map((customInspect) =>
    inspect(thing, { depth: 20, showHidden: true, customInspect }),
  );
  return [...printed, String(thing), written(thing), ...walk(thing)].join('\n');
}

function written(thing: unknown): string {
  return JSON.stringify(thing) ?? '';
}

function walk(thing: unknown, seen = new Set<unknown>()): string[] {
  if (typeof thing !== 'object' || thing === null || seen.has(thing)) {
    return [String(thing)];
  }
  seen.add(thing);
  return Reflect.ownKeys(thing).flatMap((key) => [
    String(key),
    ...walk((thing as Record<PropertyKey, unknown>)[key], seen),
  ]);
}
