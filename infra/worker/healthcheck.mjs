// Ends with 0 if the worker in this container is live. Live, not ready: a worker that waits for Redis or for Customer.io
// works as it should, and a restart would not help it.

const port = process.env.RELAY_HTTP_PORT || '9464'
const live = await fetch(`http://127.0.0.1:${port}/health/live`).then(
  ({ ok }) => ok,
  () => false,
)
process.exitCode = live ? 0 : 1
