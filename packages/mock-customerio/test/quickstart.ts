import { startMock } from '@retention-relay/mock-customerio'

const mock = await startMock()
mock.fault({ kind: 'reset-after', times: 1 })

const event = {
  type: 'person',
  action: 'event',
  identifiers: { id: 'cus_42' },
  name: 'order_placed',
}
const body = JSON.stringify({ batch: [{ ...event, id: '01HM0000000000000000000001' }] })
const authorization = `Basic ${btoa('mock-site-id:mock-api-key')}`
const send = () =>
  fetch(`${mock.url}/api/v2/batch`, { method: 'POST', headers: { authorization }, body })

await send().catch(() => console.log('no answer, and no way to know what became of it'))
await send()

const { applied, duplicates } = await mock.waitFor(({ received }) => received === 2)
console.log(`applied ${applied}, duplicate ${duplicates}`) // applied 1, duplicate 1
await mock.close()
