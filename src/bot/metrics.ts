/** What is counted, for Prometheus. Labels are of a closed set or few: nothing that a stranger can choose becomes a label. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { JobEnd } from '../queue/embedded.ts'

export type DeliveryOutcome = 'accepted' | 'duplicate' | 'ignored' | 'refused' | 'failed'

export interface Metrics {
  /** `event`: of a delivery whose signature was right. */
  delivery(event: string | undefined, outcome: DeliveryOutcome): void
  job(end: JobEnd): void
  /** One answer of GitHub's API. */
  githubAnswer(answer: {
    readonly installation: number | undefined
    readonly method: string
    readonly status: number
    readonly remaining: number | undefined
  }): void
  /** The text that Prometheus reads. */
  text(): Promise<string>
  readonly contentType: string
}

export interface MetricsSources {
  readonly queueSize: () => { readonly waiting: number; readonly running: number }
  /** Milliseconds since 1970, of the last sweep that was finished. */
  readonly sweptAt: () => number | undefined
}

/** Makes the metrics of one server, in a registry of their own. */
export function createMetrics({ queueSize, sweptAt }: MetricsSources): Metrics {
  const register = new Registry()
  const registers = [register]
  collectDefaultMetrics({ register })
  const deliveries = new Counter({
    name: 'graft_deliveries_total',
    help: 'Webhook deliveries by event and by what became of them',
    labelNames: ['event', 'outcome'],
    registers,
  })
  new Gauge({
    name: 'graft_queue_jobs',
    help: 'Jobs that wait and jobs that run',
    labelNames: ['state'],
    registers,
    collect() {
      const { waiting, running } = queueSize()
      this.set({ state: 'waiting' }, waiting)
      this.set({ state: 'running' }, running)
    },
  })
  const jobSeconds = new Histogram({
    name: 'graft_job_seconds',
    help: 'Duration of jobs, by what they looked at and how they ended',
    labelNames: ['subject', 'outcome'],
    buckets: [0.1, 0.5, 1, 2, 5, 10, 30, 60, 300],
    registers,
  })
  const requests = new Counter({
    name: 'graft_github_requests_total',
    help: 'Requests to the API of GitHub, by kind (read, write) and status',
    labelNames: ['kind', 'status'],
    registers,
  })
  const remaining = new Gauge({
    name: 'graft_github_rate_limit_remaining',
    help: 'Requests that GitHub still allows in this hour, by installation',
    labelNames: ['installation'],
    registers,
  })
  new Gauge({
    name: 'graft_sweep_age_seconds',
    help: 'Seconds since the last sweep was finished; absent before the first',
    registers,
    collect() {
      const at = sweptAt()
      if (at === undefined) this.reset()
      else this.set((Date.now() - at) / 1000)
    },
  })
  return {
    delivery: (event, outcome) => deliveries.inc({ event: event ?? 'unknown', outcome }),
    job: ({ job, outcome, milliseconds }) =>
      jobSeconds.observe({ subject: job.subject.split(':')[0] ?? '', outcome }, milliseconds / 1000),
    githubAnswer({ installation, method, status, remaining: left }) {
      requests.inc({ kind: /^(get|head)$/i.test(method) ? 'read' : 'write', status })
      if (left !== undefined) remaining.set({ installation: installation ?? 'app' }, left)
    },
    text: () => register.metrics(),
    contentType: register.contentType,
  }
}
