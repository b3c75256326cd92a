import { describe, expect, it } from '@jest/globals';
import { redact } from '../../lib/http/redact.js';

describe('redact', () => {
  it('takes out phone numbers', () => {
    expect(redact('pending for +254712345678 now')).toBe(
      'pending for [redacted] now',
    );
  });
});
