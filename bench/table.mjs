/** Markdown. */
export function table(head, rows) {
  const lines = [head, head.map((_, index) => (index === 0 ? ':--' : '--:'))];
  for (const row of rows) lines.push(row);
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

export const NONE = '–';

/** For contestants that a measure does not fit or that failed. */
export function cell(value, write = String) {
  return value === undefined || value === null ? NONE : write(value);
}

export const ratio = (value) => `${value.toFixed(2)}×`;
export const percent = (share) =>
  `${(Math.floor(share * 1_000) / 10).toString()} %`;
export const whole = (value) => Math.round(value).toLocaleString('en');
export const ms = (value) => `${whole(value)} ms`;
