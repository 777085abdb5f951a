// Loaded into a worker before its program: names resolve as the system resolves them until SIGUSR2; from then on each is
// this machine, as after a DNS that was mended.

import dns from 'node:dns'

const systemLookup = dns.lookup
let isMended = false

process.on('SIGUSR2', () => {
  isMended = true
})

dns.lookup = (hostname, options, done) =>
  systemLookup(isMended ? '127.0.0.1' : hostname, options, done)
