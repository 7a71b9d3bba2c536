// One plain closing line, the same for every runner: N passed, N failed, N skipped. Jest prints its summary and the
// coverage after its reporters are done, so the line waits until the process ends.
export default class ClosingLine {
  onRunComplete(_contexts, results) {
    const skipped = results.numPendingTests + results.numTodoTests;
    // A suite that cannot even be loaded runs no test: it counts as one failure.
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    process.once('exit', () => {
      process.stdout.write(`\n${results.numPassedTests} passed, ${failed} failed, ${skipped} skipped\n`);
    });
  }
}
