import type { Exchange } from './exchange.js';
import { emptyAnswer, jsonAnswer, textAnswer } from './sandbox-answer.js';
import type { SandboxAnswer } from './sandbox-answer.js';
import type { SandboxFault, SandboxStubFault } from './sandbox-fault.types.js';

const HTML_PAGE =
  '<!DOCTYPE html>\n<html><head><title>Sandbox</title></head><body><h1>Not the answer</h1></body></html>\n';

/** Fails as it is told; `work` does what the request asks for and gives the real answer. @internal */
export async function playFault(
  fault: SandboxFault,
  exchange: Exchange,
  work: () => Promise<SandboxAnswer>,
): Promise<void> {
  switch (fault.kind) {
    case 'delay':
      await exchange.pause(fault.ms);
      return exchange.send(await work());
    case 'hang':
      await exchange.released();
      return exchange.over ? undefined : exchange.send(await work());
    case 'reset':
      if (fault.when === 'after') {
        await work();
      }
      return exchange.reset();
    case 'lost':
      await work();
      return exchange.cut();
    case 'half':
      return exchange.sendHalf(await work());
    case 'slowBody':
      return exchange.drip(await work(), fault.ms);
    case 'large':
      return exchange.send(padded(await work(), fault.bytes));
    default:
      return exchange.send(stub(fault));
  }
}

function stub(fault: SandboxStubFault): SandboxAnswer {
  switch (fault.kind) {
    case 'html':
      return textAnswer(
        fault.status ?? 200,
        HTML_PAGE,
        'text/html; charset=utf-8',
      );
    case 'redirect':
      return emptyAnswer(fault.status ?? 302, { Location: fault.location });
    case 'json':
      return jsonAnswer(fault.status ?? 200, fault.body);
    case 'text':
      return textAnswer(fault.status ?? 200, fault.body, fault.contentType);
    case 'status':
      return statusAnswer(fault);
  }
}

function statusAnswer({
  status,
  headers = {},
  body = '',
}: Extract<SandboxStubFault, { kind: 'status' }>): SandboxAnswer {
  return typeof body === 'string'
    ? { status, headers, body }
    : jsonAnswer(status, body, headers);
}

// Blanks in front leave valid JSON: only a limit on the size can refuse it.
function padded(answer: SandboxAnswer, bytes: number): SandboxAnswer {
  return { ...answer, body: answer.body.padStart(bytes) };
}
