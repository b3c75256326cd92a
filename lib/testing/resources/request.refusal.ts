import { jsonAnswer } from '../sandbox-answer.js';
import type { SandboxAnswer } from '../sandbox-answer.js';

/** Thrown where Kopo Kopo refuses a request. @internal */
export class RequestRefusal extends Error {
  constructor(readonly answer: SandboxAnswer) {
    super('The request was refused.');
  }
}

/** Refuses a request in the words that Kopo Kopo uses most; a list is one of its shapes. @internal */
export function refuse(message: string | string[], status = 400): never {
  throw new RequestRefusal(
    jsonAnswer(status, { error_code: status, error_message: message }),
  );
}

/** Refuses a request in the shape that send money uses. @internal */
export function refuseWithErrors(...errors: string[]): never {
  throw new RequestRefusal(jsonAnswer(400, { errors }));
}
