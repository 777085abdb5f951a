import { fileURLToPath } from 'node:url'

/** Path of the built module with a tracking plan that lets every event pass, for `RELAY_TRACKING_PLAN`. */
export const LOOSE_PLAN: string = fileURLToPath(new URL('../dist/loose-plan.js', import.meta.url))
