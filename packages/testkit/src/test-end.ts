// How something that a test started goes away with the test. Whoever starts it passes the runner's own hook
// (`onTestFinished` within a test, `afterAll` for a file); the testkit itself knows no test runner.

/** Takes what must run at the end; vitest's `onTestFinished` and `afterAll` have this form. */
export type TestEnd = (cleanUp: () => Promise<void>) => void
