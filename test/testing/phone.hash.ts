import { createHash } from 'node:crypto';

export function hashPhone(digits: string): string {
  return createHash('sha256').update(digits).digest('hex');
}
