// Stands for a test process that is killed in the middle: starts a Redis and a program, says so, and waits for the end.
import { startProcess, startTestRedis } from '../dist/index.js'

const redis = await startTestRedis()
const program = startProcess({
  script: redis.folder,
  nodeArgs: ['-e', 'setInterval(() => {}, 1000)'],
})
console.log(`redis ${redis.pid} program ${program.pid} folder ${redis.folder}`)
