import { randomInt } from 'node:crypto';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';

/** A code as M-PESA gives to every transaction: ten capital letters and digits. @internal */
export function mpesaReference(): string {
  const letters = Array.from(
    { length: 9 },
    () => ALPHABET[randomInt(ALPHABET.length)],
  );
  return `S${letters.join('')}`;
}
