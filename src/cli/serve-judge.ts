// The thread of `meshlint serve` that follows the cluster and judges it.
import { type MessagePort, parentPort } from 'node:worker_threads';
import { count } from '../report/words.ts';
import { unjudged } from '../serve/admission.ts';
import { createJudge, type Judge, type Round } from '../serve/judge.ts';
import { choice, type Given } from './flags.ts';
import {
  analyzeState,
  createRefusalNote,
  createSilenceNote,
  type FollowedCluster,
  followGivenCluster,
} from './live-watch.ts';
import { readAnalyzeRequest } from './options.ts';
import type { ToJudge, ToServer } from './serve-messages.ts';
import { printError } from './terminal.ts';

/** How often is told how following the cluster goes. */
const PULSE = 5000;

/** Judges until the thread is ended. */
export async function judgeCluster(given: Given, environment: NodeJS.ProcessEnv): Promise<number> {
  if (parentPort === null) throw new Error('there is nobody to judge for');
  const request = await readAnalyzeRequest(given, environment, { ofCluster: true });
  const { live } = request.session;
  if (live === undefined) throw new Error('no cluster is to be followed');
  const deny = choice(given, 'deny', ['error', 'warning']);
  const cluster = await followGivenCluster(live);
  const judge = createJudge({
    watch: cluster.watch,
    analyze: (state, isTrial) => analyzeState({ state, memory: cluster.memory, isTrial }, request),
    take: cluster.source.take,
    ...(deny === undefined ? {} : { deny }),
  });
  answerReviews(parentPort, judge);
  const send = (message: ToServer): void => parentPort?.postMessage(message);
  tell(`following cluster ${cluster.name} (${cluster.source.about.server})`);
  sendPulse(cluster, send);
  const noteRefusals = createRefusalNote(cluster, tell);
  const noteSilence = createSilenceNote(cluster, tell);
  const timer = setInterval(() => {
    sendPulse(cluster, send);
    noteRefusals();
    noteSilence();
  }, PULSE);
  try {
    for await (const round of judge.rounds()) {
      send({ type: 'standing', standing: round.standing });
      tell(summarize(round));
    }
  } finally {
    clearInterval(timer);
    cluster.close();
  }
  return 0;
}

function answerReviews(port: MessagePort, judge: Judge): void {
  port.on('message', async ({ id, request, deadline }: ToJudge) => {
    const answer = (verdict: Awaited<ReturnType<Judge['review']>>): void => {
      port.postMessage({ type: 'verdict', id, verdict } satisfies ToServer);
    };
    try {
      answer(await judge.review(request, deadline));
    } catch (error) {
      tell(`a review failed: ${error instanceof Error ? error.message : String(error)}`);
      answer(unjudged('meshlint failed; its log tells why'));
    }
  });
}

function sendPulse({ watch, source }: FollowedCluster, send: (message: ToServer) => void): void {
  const { staleSince, feeds, changes, restarts } = watch.health;
  send({
    type: 'pulse',
    pulse: { staleSince, watches: feeds, changes, restarts, requests: source.requests() },
  });
}

function summarize({ standing, analysis, impact }: Round): string {
  const { errors, warnings, infos } = analysis.report.summary;
  const objects = Object.values(standing.objects).reduce((sum, n) => sum + n, 0);
  return [
    `judged ${count(objects, 'object')} in ${standing.took} ms:`,
    `${count(errors, 'error')}, ${count(warnings, 'warning')}, ${count(infos, 'info')}`,
    `(${impact.introduced.length} new, ${impact.gone.length} gone)`,
    ...(standing.complete ? [] : ['- incomplete']),
  ].join(' ');
}

function tell(what: string): void {
  printError(`${new Date().toISOString()} ${what}\n`);
}
