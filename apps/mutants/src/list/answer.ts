// What an answer means: delivered only what was accepted, dead only what is at fault itself.

import type { Mutant } from '../mutant.ts'

const CLASSIFY_RESPONSE = 'packages/customerio/src/classify-response.ts'
const ERROR_BODY = 'packages/customerio/src/error-body.ts'
const ACT_ON_ANSWER = 'packages/delivery/src/act-on-answer.ts'
const ISOLATE_EVENT = 'packages/delivery/src/isolate-event.ts'

const CLASSIFY_RESPONSE_TEST = 'packages/customerio/test/classify-response.test.ts'
const SEND_BATCH_REFUSALS_TEST = 'packages/delivery/test/send-batch-refusals.test.ts'
const SEND_BATCH_UNAUTHORIZED_TEST = 'packages/delivery/test/send-batch-unauthorized.test.ts'

export const answerMutants: readonly Mutant[] = [
  {
    name: 'html-200-delivered',
    breaks: "A captive proxy's page counts as a delivery.",
    file: CLASSIFY_RESPONSE,
    find: "if (body === null) return unreadable(response, 'that is not a JSON object')",
    replace: "if (body === null) return { kind: 'delivered' }",
    test: {
      file: CLASSIFY_RESPONSE_TEST,
      name: '200 is an unknown outcome with a body that is not a JSON object: ""',
    },
  },
  {
    name: 'rejected-items-delivered',
    breaks: 'Items that a 207 refuses count as delivered.',
    file: CLASSIFY_RESPONSE,
    find: "return { kind: 'partly_refused', rejections: errors.rejections }",
    replace: "return { kind: 'delivered' }",
    test: {
      file: CLASSIFY_RESPONSE_TEST,
      name: '200 refuses the named items when it carries errors',
    },
  },
  {
    name: 'early-answer-believed',
    breaks: 'An answer that came before the request was whole counts as a delivery.',
    file: CLASSIFY_RESPONSE,
    find: `  if (!response.bodyLeft) return unreadable(response, 'before the request was handed over')
`,
    replace: '',
    test: {
      file: CLASSIFY_RESPONSE_TEST,
      name: '200 delivers nothing when it came before the request was handed over',
    },
  },
  {
    name: 'outage-kills',
    breaks: 'A 503 makes dead letters.',
    file: CLASSIFY_RESPONSE,
    find: "if (status >= 500 && status <= 599) return again(response, 'server_error')",
    replace: `if (status >= 500 && status <= 599) {
    return { kind: 'refused', reason: 'rejected', rejection: { status }, believable: true }
  }`,
    test: {
      file: CLASSIFY_RESPONSE_TEST,
      name: '408, 429 and 5xx 500 is tried again (server_error), whatever the body',
    },
  },
  {
    name: 'wrong-address-kills',
    breaks: 'A 404 of a proxy makes dead letters.',
    file: CLASSIFY_RESPONSE,
    find: 'if (status === 400 || status === 413 || status === 422) {',
    replace: 'if (status === 400 || status === 404 || status === 413 || status === 422) {',
    test: {
      file: CLASSIFY_RESPONSE_TEST,
      name: 'any other 4xx, 3xx, and what is no status 404 is a wrong address',
    },
  },
  {
    name: 'unbelievable-400-believed',
    breaks: 'An endpoint that answers an HTML 400 to everything kills everything.',
    file: ERROR_BODY,
    find: 'if (message === undefined) return { rejection: { status }, believable: false }',
    replace: 'if (message === undefined) return { rejection: { status }, believable: true }',
    test: {
      file: CLASSIFY_RESPONSE_TEST,
      name: '400, 413 and 422 does not believe what is not of the shape of Customer.io: "<html><head><title>502 Server Error</title></head></html>"',
    },
  },
  {
    name: 'item-of-another-batch-refused',
    breaks: 'A place outside of the batch kills an event that nobody named.',
    file: ERROR_BODY,
    find: 'return value >= 0 && value < operations ? value + 0 : null',
    replace: 'return value >= 0 ? Math.min(value, operations - 1) + 0 : null',
    test: {
      file: CLASSIFY_RESPONSE_TEST,
      name: 'is unclear when an error names no item of the batch',
    },
  },
  {
    name: 'refusal-believed-without-evidence',
    breaks: 'An event dies of a refusal in foreign words as soon as one other request is accepted.',
    file: ISOLATE_EVENT,
    find: 'const LEAST_REFUSALS = 3\nconst WRONG_REFUSAL = 1e-6',
    replace: 'const LEAST_REFUSALS = 1\nconst WRONG_REFUSAL = 1',
    test: {
      file: SEND_BATCH_REFUSALS_TEST,
      name: 'it lives as long as nothing else is accepted, and dies when others were, again and again',
    },
  },
  {
    name: 'refused-batch-dies-whole',
    breaks: 'One bad event takes its whole batch with it.',
    file: ACT_ON_ANSWER,
    find: "if (batch.length > 1) return { kind: 'halve' }",
    replace: `if (batch.length > 1) {
      this.#parts.settle(
        batch.map(({ pending }) => deadOutcome(pending, reason, rejection, this.#parts.settler)),
      )
      return { kind: 'done' }
    }`,
    test: {
      file: SEND_BATCH_REFUSALS_TEST,
      name: 'a refused batch goes again in halves until the guilty event stands alone; only that one dies',
    },
  },
  {
    name: '401-made-a-dead-letter',
    breaks: 'Wrong credentials kill events.',
    file: ACT_ON_ANSWER,
    find: "if (verdict === 'credentials') return { kind: 'again' }",
    replace:
      "if (verdict === 'credentials') return this.#refused(batch, 'rejected', response.rejection, true)",
    test: {
      file: SEND_BATCH_UNAUTHORIZED_TEST,
      name: 'refused credentials hold the batch until they are accepted, then it goes on as it was',
    },
  },
  {
    name: '403-for-content-believed',
    breaks: 'A firewall that objects to a content kills events.',
    file: ACT_ON_ANSWER,
    find: "return this.#refused(batch, 'rejected', response.rejection, false)",
    replace: "return this.#refused(batch, 'rejected', response.rejection, true)",
    test: {
      file: SEND_BATCH_UNAUTHORIZED_TEST,
      name: 'accepted credentials blame the content: halves, and the refused one is put aside, not killed',
    },
  },
]
