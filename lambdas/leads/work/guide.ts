/**
 * How a lead is judged, for a person who labels notes and for a model alike: bench/triage/guide.md holds the same sentences,
 * word for word.
 */
export const standards = {
  intent: [
    'A label says what a good salesperson at a company that sells business software would decide, who has read the note and nothing else. Label what the sender means, not the words: sarcasm, negation and other languages count by their meaning.',
    '| buy | wants a price, a purchase, a demo, a trial, more seats, or to know whether it fits their need | "we don\'t need a demo" |',
    '| support | uses the product and needs help, complains, cancels, asks about a bill | a prospect who asks how it works before buying (buy) |',
    '| partner | resells, integrates, invests, writes about us, wants us to speak or to sponsor | an agency that wants us as *its* customer (spam) |',
    '| job | wants to work here, asks about an application or an internship | a recruiter who sells candidates (spam) |',
    '| spam | sells to us, scams, chain mail, gibberish | a short or clumsy note with a human need |',
    '| other | feedback, thanks, questions without commercial interest, privacy and legal requests, tests, unclear | |',
    'Several intents: harm first (an outage, a complaint, a cancellation), then buy, then the rest in the order of the table.',
    "What others wrote does not count: quotes, forwarded mails below words of the sender's own, signatures, footers. An out-of-office answer and a mail that came back are other P3 ignore.",
  ],
  priority: [
    "Urgent words, seats and dates count in the mouth of a buyer, a customer, a partner or the press, never in a seller's: spam is P3.",
    '**P0, within the hour.** A buyer who says urgent, ASAP, now or today; a customer to whom harm is being done: all is down, data lost or leaked, theft, a whole team blocked; the press with a deadline today.',
    '**P1, today.** A buyer with the budget approved, 50 seats or more, a date within about two weeks, or ready to sign; a customer for whom something is broken, who was charged wrongly, complains, threatens to leave or cancels; "urgent" without harm; a partner with a customer waiting or a date within two weeks; a report of a security hole.',
    '**P2, this week.** An ordinary wish for a price, a demo, a trial, or a date within about three months; how-to questions, copies of invoices; a concrete partner; privacy and legal requests; a candidate with a date.',
    '**P3, when there is time, or never.** "No rush", next year, just looking, students; vague partners; candidates; spam; feedback and the rest.',
    '"Not urgent" takes one from what the note would have (P2 becomes P3, P1 becomes P2), and outweighs the number of seats.',
  ],
  next_action: [
    '**call**: buy with P0 or P1, unless they want it in writing ("please email", "don\'t call") or ask back is needed first.',
    '**email**: buy with P2 or P3 whose need is clear; anything of "other" that a person can answer in writing.',
    '**qualify**: what they need is unclear: "interested", "price?", "call me", "tell me more" and no more than that.',
    '**forward**: support, partner and job always; "other" for the lawyers, the security or the product people.',
    '**ignore**: spam; "other" that asks nothing of us (thanks, tests, "please delete my mail", questions about the weather).',
  ],
} as const;
