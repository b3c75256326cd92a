import { withLatinDigits } from './phone-numbers.js';

/** Members whose value is a phone number, whatever it looks like. */
const PHONE_MEMBER = /phone|msisdn|mobile/i;

/** Digits with what people write between them. */
const RUN = /[+(]?\d(?:[^\p{L}\p{N}:;,]{0,3}\d)*/gu;

/** Fewer digits are tills and amounts. */
const FEWEST = 9;

/** From here on a number that begins as phone numbers do is taken for one. */
const FEWEST_PHONE = 7;

const PHONE_START = /^[+(]|^0|^254/;

const DATE = /^(?:19|20)\d\d-\d\d-\d\d|^\d\d([-/.])\d\d\1(?:19|20)\d\d/;
const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;

/**
 * The numbers of a JSON body that an answer must not be seen to repeat: all of its phone members, and
 * those of other members that may be a phone number or a bank account. Dates, ids, tills and amounts
 * are none.
 *
 * @internal
 */
export function sentNumbers(json: string): string[] {
  const found = new Set<string>();
  const look = (name: string, text: string): void => {
    const numbers = numbersOf(name, withLatinDigits(text));
    for (const number of numbers) found.add(number);
  };
  try {
    JSON.parse(json, (name, value: unknown) => {
      if (typeof value === 'string' || typeof value === 'number') {
        look(name, String(value));
      }
      return value;
    });
  } catch {
    // Thousands of levels can be written and sent, and not be gone through.
    look('', json);
  }
  return [...found];
}

function numbersOf(name: string, value: string): string[] {
  if (PHONE_MEMBER.test(name)) return [value.replace(/\D/g, '')];
  if (DATE.test(value) || UUID.test(value)) return [];
  return (value.match(RUN) ?? []).filter((run) => {
    const count = run.replace(/\D/g, '').length;
    return count >= (PHONE_START.test(run) ? FEWEST_PHONE : FEWEST);
  });
}
