import { wordsOf } from './words.ts';

const maxChars = 20_000;

/**
 * What of a note its sender wrote, without quotes, forwarded mails, signatures and footers. It is as long as the note, with
 * blanks for what was taken off: places in it are places in the note. Where nothing else is left, or the sender hands on
 * another's mail without a word of their own, it stays.
 */
export function writtenIn(note: string): string {
  const whole = note.slice(0, maxChars);
  const lines = whole
    .split('\n')
    .map((text): Line => ({ text: inlineQuoteOff(text), isOwn: true }));
  takeOffQuoted(lines);
  takeOffHistory(lines);
  takeOffSignature(lines);
  takeOffFooters(lines);
  const text = lines.map(({ text: line, isOwn }) => (isOwn ? line : blank(line))).join('\n');
  return isEnough(text, handsOn.test(whole)) ? text : withoutMarks(whole);
}

/** `Fwd: our shortlist`, `see below`: what follows is what the sender means. */
const handsOn =
  /^\s*(fwd?|wg|tr|rv|enc|转发|轉寄|転送|전달)\s*[:：]|forwarded message|weitergeleitete nachricht|message (transféré|réexpédié)|mensaje reenviado|mensagem encaminhada|messaggio inoltrato|\b(see|read) below\b|siehe unten|voir ci-dessous|ver abajo|ver abaixo|\bfyi\b/imu;
const fewWords = 6;

const isEnough = (text: string, isHandedOn: boolean): boolean =>
  isHandedOn ? ownWords(text) >= fewWords : /[\p{L}\p{N}]/u.test(text);

const ownWords = (text: string): number =>
  wordsOf(
    text
      .split('\n')
      .filter((line) => !isHeader(line))
      .join(' '),
  ).length;

interface Line {
  text: string;
  isOwn: boolean;
}

/** All of the note but the marks of quotes and the lines of mail headers. */
const withoutMarks = (note: string): string =>
  note
    .split('\n')
    .map((line) =>
      isHeader(line) || introducesQuote(line) || isDivider(line)
        ? blank(line)
        : line.replace(/^[\s>|]+/, blank),
    )
    .join('\n');

const blank = (text: string): string => ' '.repeat(text.length);
const isEmpty = (line: string): boolean => /^\s*$/.test(line);

function takeOffQuoted(lines: Line[]): void {
  for (const line of lines) if (/^\s{0,3}(>|&gt;|\|\s)/.test(line.text)) line.isOwn = false;
}

const wrote =
  /(wrote|writes|schrieb|schrieben|a écrit|ecrit|escribió|escribio|escreveu|ha scritto|scrisse|schreef|napisał(a|\(a\))?|napsal(a|\(a\))?|skrev|kirjoitti|yazdı|yazmış|írta|a scris|έγραψε|написал(а|\(а\))?|пишет|пише|написав(ла|\(ла\))?|كتب(ت)?|כתב(ה)?|ने लिखा|เขียนว่า|đã viết|menulis|写道|寫道|のメール|が書きました|書きました|作成|님이 작성)/u;

/** `On Tuesday, 3 March 2026, Ann <ann@example.org> wrote:` in some twenty languages. */
const introducesQuote = (line: string): boolean =>
  line.length < 250 && /[:：]\s*$/.test(line) && /[\d@<]/.test(line) && wrote.test(line);

const inlineQuote =
  /(?<=[.!?…]\s+)(On|Am|Le|El|Em|Il|Op|Den)\s[^\n]{0,30}\d[^\n]{0,120}?\s(wrote|schrieb|a écrit|escribió|escreveu|ha scritto|schreef|skrev)[^\n:]{0,60}:.*$/u;

/** A form without line ends may hold the beginning of the quote in the middle of a line. */
const inlineQuoteOff = (line: string): string =>
  line.length > 2_000 ? line : line.replace(inlineQuote, blank);

/** `-----Original Message-----`, `---------- Forwarded message ---------`. */
const isDivider = (line: string): boolean =>
  /^\s*[-_=*]{2,}\s*\p{L}[^\n]{2,60}?\s*[-_=*]{2,}\s*$/u.test(line) ||
  /^\s*(begin forwarded message|anfang der weitergeleiteten (nachricht|e-mail)|début du message (réexpédié|transféré)|inicio del mensaje reenviado|início da mensagem encaminhada|inizio messaggio inoltrato)\s*:?\s*$/iu.test(
    line,
  ) ||
  /^\s*_{10,}\s*$/.test(line);

const header =
  /^\s*\*?(from|von|de|da|van|från|fra|od|lähettäjä|gönderen|kimden|от|від|από|feladó|nadawca|sent|date|gesendet|datum|envoyé|enviado( el)?|enviada( em)?|inviato|data|fecha|verzonden|skickat|sendt|wysłano|дата|отправлено|надіслано|tarih|to|an|à|para|a|aan|till|til|do|кому|kime|cc|kopie|subject|betreff|objet|asunto|assunto|oggetto|onderwerp|ämne|emne|temat|тема|konu|fwd?|wg|tr|rv|发件人|收件人|发送时间|主题|寄件者|收件者|主旨|差出人|宛先|送信日時|件名|보낸 사람|받는 사람|제목|날짜|من|إلى|الموضوع|מאת|אל|נושא|ผู้ส่ง|từ)\*?\s?[:：]\*?\s*\S/iu;

const isHeader = (line: string): boolean => line.length < 500 && header.test(line);

/** What stands below the head of an earlier mail is that mail, but where its lines are marked, or nothing stands above. */
function takeOffHistory(lines: Line[]): void {
  for (const [index, { text, isOwn }] of lines.entries()) {
    if (!isOwn) continue;
    const quotes = introducesQuote(text);
    if (!quotes && !isDivider(text) && !beginsHeaders(lines, index)) continue;
    const next = lines.slice(index + 1).find((line) => !isEmpty(line.text));
    const isMarked = quotes && next && !next.isOwn;
    const isAlone = lines.slice(0, index).every((line) => !line.isOwn || isEmpty(line.text));
    for (const [at, line] of lines.entries()) {
      const isHead = at === index || (at > index && at < index + 8 && isHeader(line.text));
      if (isHead || (at > index && !isMarked && !isAlone)) line.isOwn = false;
    }
    if (!isMarked && !isAlone) return;
  }
}

const beginsHeaders = (lines: readonly Line[], index: number): boolean =>
  lines.slice(index, index + 2).filter(({ text }) => isHeader(text)).length === 2;

const closing =
  /^\s*(((best|kind|warm|many)\s+)?(regards|wishes)|(yours|best)( sincerely| faithfully| truly)?|sincerely|respectfully|mit (freundlichen|besten|lieben) grüßen|mit (freundlichem|bestem) gruß|(viele|beste|freundliche|liebe|schöne) grüße|(besten|lieben|freundlichen) gruß|gruß|mfg|lg|vg|cordialement|bien cordialement|bien à vous|(meilleures|sincères) salutations|salutations( distinguées)?|(un |cordial(es)? |atentos? )?saludos?( cordial(es)?)?|atentamente|atenciosamente|att|abraços?|cumprimentos|(cordiali|distinti) saluti|saluti|met vriendelijke groeten?|(vriendelijke )?groet(en|jes)?|pozdrawiam|z poważaniem|(med )?(vänliga|bästa) hälsningar|mvh|(med )?venlig hilsen|(med )?vennlig hilsen|hilsen|terveisin|ystävällisin terveisin|s pozdravem|üdvözlettel|cu stimă|saygılarımla|iyi çalışmalar|с уважением|с найкращими побажаннями|з повагою|с наилучшими|με εκτίμηση|مع خالص التحية|مع أطيب التحيات|تحياتي|בברכה|सादर|ขอแสดงความนับถือ|trân trọng|hormat kami|此致|敬礼|顺颂商祺|敬具|드림)(\s*[,.!،，。–-]*\s*$|\s*[,،，–-]\s*\S.{0,40}$)/iu;
const device =
  /^\s*(sent from (my|outlook|mail|yahoo|samsung|proton)|sent (with|via) |get outlook for|von (meinem|unterwegs)[^\n]{0,40}gesendet|gesendet (mit|von|aus)|diese nachricht wurde von meinem|envoyé (de|depuis|à partir) |enviado (desde|do|de|a partir|com) |inviato (da|con) |verzonden (vanaf|met) |verstuurd (vanaf|met) |wysłane? z |skickat från |sendt fra |lähetetty |odesláno z |trimis de pe |отправлено (с|из) |надіслано з |iphone'umdan gönderildi|发自我的|从我的|從我的|.{0,20}から送信|나의 .{0,20}에서 보냄|أُ?رسل(ت)? من|נשלח מ|ส่งจาก|gửi từ |dikirim dari )[^\n]{0,60}$/iu;
const maxSignatureLines = 14;
const postscript = /^\s*(p\.?\s?p?\.?s\.?\b|ps:|nb:|p\.d\.)/i;

const saysGoodbye = (line: string): boolean => line.length < 100 && closing.test(line.trimEnd());
const isBrief = (lines: readonly Line[]): boolean =>
  lines.filter(({ isOwn }) => isOwn).length <= maxSignatureLines;

/** A signature is below `-- `, or below a line that says goodbye; a postscript is none. */
function takeOffSignature(lines: Line[]): void {
  for (const line of lines) if (device.test(line.text)) line.isOwn = false;
  const first = lines.findIndex(({ text, isOwn }) => isOwn && !isEmpty(text));
  const index = lines.findIndex(({ text, isOwn }, at) => {
    if (!isOwn || first < 0 || at <= first) return false;
    return /^-- ?\r?$/.test(text) || (saysGoodbye(text) && isBrief(lines.slice(at + 1)));
  });
  if (index < 0) return;
  const isPostscript = lines.findIndex(({ text }, at) => at > index && postscript.test(text));
  const end = isPostscript < 0 ? lines.length : isPostscript;
  for (const line of lines.slice(index, end)) line.isOwn = false;
}

const footer =
  /(intended (solely|only|exclusively) for|(contains?|may contain|is) (privileged|confidential)|confidentiality notice|if you (have received|are not the intended)|vertrauliche informationen|nur für den (genannten )?(adressaten|empfänger)|ce (message|courriel|mail)[^\n]{0,60}confidentiel|este (mensaje|correo|e-mail)[^\n]{0,60}confidencial|esta mensagem[^\n]{0,60}confidencial|questo messaggio[^\n]{0,80}riservat|dit (bericht|e-mail)[^\n]{0,60}vertrouwelijk|(wiadomość|e-mail)[^\n]{0,60}poufn|(сообщение|письмо)[^\n]{0,80}конфиденциальн|本邮件[^\n]{0,40}(机密|保密)|本メール[^\n]{0,40}機密|consider the environment|denken sie an die umwelt|pensez à l'environnement|piense en el medio ambiente|virus-free|virenfrei|scanned (for viruses|by)|registered (office|in england)|amtsgericht [^\n]{0,40}hrb|geschäftsführer:|ust-?id|vat (no|reg)|view (this email )?in (your )?browser|manage (your )?preferences|you (are receiving|received) this (email|message) because)/iu;
const minOwnChars = 20;

/** The paragraphs of the law and the environment, where enough else was written above them. */
function takeOffFooters(lines: Line[]): void {
  let above = 0;
  for (const line of lines) {
    if (!line.isOwn) continue;
    if (above >= minOwnChars && footer.test(line.text)) line.isOwn = false;
    else above += line.text.trim().length;
  }
}
