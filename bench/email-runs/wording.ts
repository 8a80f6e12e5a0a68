/** What a customer writes about: the subject, and what happened, what is wanted, what was forgotten. */
interface Topic {
  subject: string;
  story: string;
  question: string;
  followUp: string;
}

const topics: readonly Topic[] = [
  {
    subject: 'Order {n} has not arrived',
    story: 'I ordered two weeks ago, and the tracking page has not moved since Thursday.',
    question: 'Could you find out where the parcel is, and when I can expect it?',
    followUp: 'The neighbours have not taken it in either; I have asked all of them.',
  },
  {
    subject: 'Charged twice on invoice {n}',
    story: 'My bank shows the same amount twice, on the same day, for this one invoice.',
    question: 'Please return one of the payments, or tell me what the second one is for.',
    followUp: 'The bank says that it is not theirs to undo, and that I should ask you.',
  },
  {
    subject: 'Cannot sign in any more',
    story: 'Since this morning the page says that my password is wrong, which it is not.',
    question: 'Is my account locked, and if so, how do I open it again?',
    followUp: 'The link for a new password never comes, not even into the spam folder.',
  },
  {
    subject: 'Return of item {n}',
    story: 'The jacket is very nice, but it is a size too small for my son.',
    question: 'Can I change it for the next size, and who pays for sending it back?',
    followUp: 'It is unworn, and the labels are still on it.',
  },
  {
    subject: 'Question before I buy',
    story: 'I am looking at the larger of the two pumps for a well that is 18 m deep.',
    question: 'Is it strong enough, and does the price include the hose?',
    followUp: 'I should have said that the pipe is an old one, with an inch of inner width.',
  },
  {
    subject: 'New address for contract {n}',
    story: 'We are moving at the end of the month, within the same town.',
    question: 'What do you need from me so that the contract moves with us?',
    followUp: 'The key is handed over on the 28th, so a technician could come from then on.',
  },
  {
    subject: 'Appointment on Tuesday',
    story: 'I have an appointment at half past nine, and my train is cancelled.',
    question: 'Is there anything free in the afternoon, or on Wednesday?',
    followUp: 'A colleague would drive me, so from two o’clock on any time is fine.',
  },
  {
    subject: 'Device shows error {n}',
    story: 'The heating stops after ten minutes, and then this number blinks on the display.',
    question: 'Can I set it right myself, or do you have to send somebody?',
    followUp: 'Switching it off overnight helped for an hour; then it was back.',
  },
  {
    subject: 'Cancel my subscription {n}',
    story: 'I was told on the phone that I could leave at the end of any month.',
    question: 'Please confirm the date in writing, and that nothing is taken after it.',
    followUp: 'Meanwhile the next payment has been announced, which cannot be right.',
  },
  {
    subject: 'Invoice {n} without our VAT number',
    story: 'Our accountant cannot book it as it is; the number was in the order.',
    question: 'Would you send a corrected one, with the date unchanged?',
    followUp: 'The quarter closes on Friday, so it is rather pressing.',
  },
  {
    subject: 'Thank you, and one thing',
    story: 'The repair was done in a day, and the young man was very kind.',
    question: 'Only the cover is missing a screw; could you put one in an envelope?',
    followUp: 'It is the short one with the black head, if that helps.',
  },
  {
    subject: 'Group booking for {n}',
    story: 'There are fourteen of us, two in wheelchairs, and one who eats no gluten.',
    question: 'Do you have a table on one level, and a menu to choose from beforehand?',
    followUp: 'We are fifteen now; I hope that this is no trouble.',
  },
];

const greetings = ['Hello,', 'Good morning,', 'Dear team,', 'Hi there,', 'Dear Sir or Madam,'];
const closings = [
  'Thank you in advance.',
  'Kind regards',
  'Please answer by mail; I cannot be reached by phone during the day.',
  'Best wishes, and thanks for your patience.',
  'I would be glad of a quick answer.',
];

/** A plausible mail of a customer; `earlier` are the subjects of those which it follows up on. */
export function customerMail(
  earlier: readonly string[],
  random: () => number,
): { subject: string; body: string } {
  const topic = pick(topics, random);
  const number = String(1000 + Math.floor(random() * 9000));
  const [previous] = earlier;
  const subject = previous === undefined ? topic.subject.replace('{n}', number) : reply(previous);
  const text = previous === undefined ? [topic.story, topic.question] : followUp(earlier, random);
  const body = [pick(greetings, random), '', ...text, '', pick(closings, random)].join('\n');
  return { subject, body };
}

const reply = (subject: string) => (subject.startsWith('Re: ') ? subject : `Re: ${subject}`);

const withoutReply = (subject: string) => subject.replace(/^Re: /, '');

function followUp(earlier: readonly string[], random: () => number): string[] {
  const named = [...new Set(earlier.map(withoutReply))].map((subject) => `“${subject}”`);
  const about =
    named.length > 3
      ? `my last ${earlier.length} mails`
      : `my mail${named.length > 1 ? 's' : ''} ${listed(named)}`;
  return [`This is about ${about}.`, ...added(earlier[0] ?? '', random)];
}

/** What belongs to the topic of the subject, or to any one when the subject is not of ours. */
function added(subject: string, random: () => number): string[] {
  const asTopic = withoutReply(subject).replace(/\d{4}/, '{n}');
  const topic = topics.find((one) => one.subject === asTopic) ?? pick(topics, random);
  return [topic.followUp, topic.question];
}

const listed = (names: readonly string[]) =>
  names.length < 2 ? names.join() : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;

function pick<T>(choices: readonly T[], random: () => number): T {
  const chosen = choices[Math.floor(random() * choices.length)];
  if (chosen === undefined) throw new Error('Expected something to choose from, got nothing');
  return chosen;
}
