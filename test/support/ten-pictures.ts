import { openAiSource } from '../../lambdas/vendors/openai/client.ts';
import { limits } from '../../lambdas/whatsapp-replies/limits.ts';
import { responsesAssistant } from '../../lambdas/whatsapp-replies/vendors/responses-assistant.ts';
import { threadsAssistant } from '../../lambdas/whatsapp-replies/vendors/threads-assistant.ts';
import { byteRoom, readPictures } from '../../lambdas/whatsapp-replies/work/steps/pictures.ts';
import { anInbound, aTurn } from './reply-builders.ts';
import { aSecret } from './reply-secret.ts';
import { accountSid, messengerAt } from './reply-twilio.ts';
import { aWorld } from './reply-world.ts';

// A process of its own, since its memory is measured: starts the run of a turn with ten large pictures from the server of
// the first argument with the assistant of the second, and prints megabytes of memory: before, and at most.
const [server = '', name = ''] = process.argv.slice(2);
const megabytes = (bytes: number) => Math.round(bytes / 1024 / 1024);

const source = openAiSource(aSecret('sk-test'), `${server}/v1`);
const assistant =
  name === 'threads'
    ? threadsAssistant(source, { assistant_id: 'asst_1' })
    : responsesAssistant(source, { model: 'm', instructions: 'Be kind.' });
const { ports, clock } = aWorld({ ports: { messenger: messengerAt(server).messenger } });
const media = `${server}/2010-04-01/Accounts/${accountSid}/Messages/MM1/Media/ME`;
const images = Array.from({ length: 10 }, (_, index) => ({
  url: `${media}${index}`,
  content_type: 'image/jpeg',
}));
const turn = aTurn({ inputs: [anInbound({ images })] });
const before = process.memoryUsage().rss;
const hold = byteRoom(limits.batchPictureBytes).hold();
const input = await readPictures(turn, hold, clock.now() + 30_000, ports);
if (input.kind !== 'ready') throw new Error('Expected the pictures to be there.');
const { kind } = await assistant.startRun('conv_1', turn, {
  input: input.messages,
  again: false,
  history: async () => [],
});
const pictures = input.messages.flatMap((message) => message.images).length;
const most = process.resourceUsage().maxRSS * 1024;
process.stdout.write(
  JSON.stringify({ kind, pictures, before: megabytes(before), most: megabytes(most) }),
);
process.exit();
