/** How long the end of the process waits for calls to other servers. */
const GRACE_MS = 3_000;

/** Waits for work to end, but not for long. */
export async function withinGrace(work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const graceEnds = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, GRACE_MS).unref();
  });
  await Promise.race([work, graceEnds]);
  clearTimeout(timer);
}
