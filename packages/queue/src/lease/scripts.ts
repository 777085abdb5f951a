import type { Script } from '../connection/script.ts'
import { leaseScript } from './lease-script.ts'
import { registerScript } from './register-script.ts'

/** Scripts that a runner for leases and the registry must load. */
export const leaseScripts: readonly Script[] = [leaseScript, registerScript]
