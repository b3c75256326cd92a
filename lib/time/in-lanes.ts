/**
 * Does something for each of many, a few at a time.
 *
 * @internal
 */
export async function inLanes<T>(
  items: readonly T[],
  lanes: number,
  task: (item: T) => Promise<void>,
): Promise<void> {
  const waiting = [...items];
  const lane = async (): Promise<void> => {
    while (waiting.length > 0) await task(waiting.shift()!);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}
