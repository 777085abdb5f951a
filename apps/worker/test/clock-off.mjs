// Loaded into a worker before its program: its wall clock is off by RELAY_TEST_CLOCK_MS.

const offMs = Number(process.env.RELAY_TEST_CLOCK_MS)
const realNow = Date.now.bind(Date)
Date.now = () => realNow() + offMs
