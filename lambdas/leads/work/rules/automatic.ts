/** What a mailbox answers while its owner is away: at the beginning of a line, since others ask for such a product. */
const awayTitles =
  "auto(matic|mated)?[- ]?(reply|response|answer|responder)|out of (the )?office|ooo|(abwesenheits(notiz|nachricht|meldung)|automatische antwort)|réponse automatique|message d[’']absence|(respuesta|mensaje) autom[áa]tic[ao]|(resposta|mensagem) autom[áa]tica|(risposta|messaggio) automatic[ao]|automatisch(e)? (antwoord|bericht)|afwezigheids(bericht|melding)|autoodpowiedź|automatyczna odpowiedź|odpowiedź automatyczna|automatiskt? (svar|meddelande)|autosvar|frånvaromeddelande|fraværs(besked|melding)|automaattinen (vastaus|poissaolo\\S*)|automatick[áa] odpověď|automatikus válasz|răspuns automat|otomatik (yanıt|cevap|mesaj)|автоматический ответ|автоответ|автоматична відповідь|автовідповідь|αυτόματη απάντηση|自动(回复|答复)|自動(回覆|返信|応答メール)|不在(連絡|のお知らせ)|자동 ?(회신|응답 ?메일|답장)|부재 ?중|رد (تلقائي|آلي)|الرد التلقائي|מענה אוטומטי|תשובה אוטומטית|स्वचालित (उत्तर|जवाब)|ตอบกลับอัตโนมัติ|ข้อความ(ตอบกลับ)?อัตโนมัติ|trả lời tự động|thư trả lời tự động|balasan otomatis|پاسخ خودکار";
const thisIs =
  'this is an?|you have reached (the|an)|dies(e nachricht)? ist eine?|das ist eine|ceci est une?|est[oae] es (una|un)|esta é uma|questa è una|questo è un|dit is een|to jest|detta är ett|det här är ett|dette er en?|это|це|これは|本(邮件|メール)(为|は)|이 메일은|هذا|זו|bu bir';

const away = [
  new RegExp(String.raw`^[^\p{L}\n]*((re|aw|sv):\s*)?(${awayTitles})`, 'imu'),
  new RegExp(String.raw`(^|[^\p{L}])(${thisIs})\s*(${awayTitles})`, 'imu'),
  /\b(i am|i'm|i’m|we are|we're|am|is|currently) (currently |now )?(out of (the )?office|away from (my|the) (desk|office)|on (annual|parental|maternity|paternity|sick|medical|study) leave|on (vacation|holiday|leave)\b)/iu,
  /\b(left|(no longer|don['’]t|not) works? (any ?more )?(at|for|with)|is no longer (with|employed by)) (the|this|our)? ?(company|firm|organi[sz]ation|us)\b[^\n]{0,40}(contact|write|please)/iu,
  /\b(mailbox|inbox|address|account) is (no longer|not) (being )?(monitored|in use|active|read)\b/iu,
  /\b(ich bin|wir sind) (derzeit|zurzeit|zur zeit|momentan|aktuell|gerade|vom [^\n]{3,40}|bis [^\n]{3,40})?\s*(nicht im (büro|haus)|im urlaub|in elternzeit|außer haus|abwesend)/iu,
  /e-mails werden nicht (weitergeleitet|gelesen)|automatisch (erstellte|generierte) (antwort|nachricht)/iu,
  /je suis (actuellement )?(absente?|en congés?|en vacances)|actuellement absente?/iu,
  /(estoy|estar[ée]) (actualmente )?(fuera de la oficina|de vacaciones|de baja|ausente)/iu,
  /(estou|estarei) (atualmente |de momento )?(fora do escrit[óo]rio|de f[ée]rias|ausente)/iu,
  /(sono|sar[òo]) (attualmente )?(fuori (ufficio|sede)|in ferie|assente)/iu,
  /ik ben (momenteel |op dit moment )?(afwezig|met vakantie|op vakantie|niet op kantoor)/iu,
  /(jestem|przebywam) (obecnie )?(na urlopie|poza biurem)/iu,
  /jag (är|har) (för närvarande )?(semester|på semester|inte på kontoret|tjänstledig|föräldraledig)/iu,
  /jeg (er|har|holder) (for tiden |i øjeblikket )?(ferie|på ferie|ikke på kontoret)/iu,
  /olen (tällä hetkellä )?(lomalla|poissa)|jsem (momentálně )?(na dovolené|mimo kancelář)|szabadságon vagyok|sunt în concediu/iu,
  /(ofis dışındayım|izindeyim|tatildeyim|yıllık izin)/iu,
  /(я|сейчас) (нахожусь )?в отпуске|меня нет в офисе|(я|зараз) (перебуваю )?у відпустці/iu,
  /εκτός γραφείου|βρίσκομαι σε άδεια/iu,
  /(我|本人)[^\n]{0,12}(休假|不在办公室|出差|年假)|休暇(中|を(頂|いただ|取得))|不在にして(おります|います)|休業日のため|휴가 ?(중|입니다)/u,
  /خارج المكتب|في إجازة|אני (נמצאת? )?(בחופשה|מחוץ למשרד)/u,
  /कार्यालय से बाहर|ลาพักร้อน|không có mặt (ở|tại) văn phòng|đang nghỉ phép|sedang cuti/iu,
];

/** What mail servers write of a mail that came back. */
const returned = [
  /mail delivery (subsystem|system|failed|failure)|mailer[- ]daemon|delivery (status notification|has failed|incomplete)|^\W*undeliver(able|ed)\b|returned mail|non[- ]?delivery (report|notification)|failure notice/imu,
  /recipient(['’]s)? (address|mailbox|server)[^\n]{0,30}(rejected|full|unavailable|refused)|user unknown|no such (user|mailbox)|\b(550|552|554)[ -]+#?5\.\d\.\d|\b5\.\d\.\d{1,3}\b[^\n]{0,40}(mailbox|recipient|address|user)/iu,
  /(\byour|^\W*(the|this)?) ?(message|e-?mail|mail) (to [^\n]{1,60} )?((could not|couldn['’]t|cannot|can['’]t) be|was not|wasn['’]t|has not been) (delivered|sent)\b|^\W*address not found|^\W*message (not |un)delivered/imu,
  /unzustellbar|zustellung (ist )?(fehlgeschlagen|nicht möglich)|ihre (nachricht|e-mail|mail)[^\n]{0,60}nicht zugestellt/iu,
  /(message|courriel|mail) non remis|échec de (la )?(remise|livraison|distribution)|votre (message|courriel|mail)[^\n]{0,60}n[’']a pas pu être/iu,
  /(su|tu) (mensaje|correo)[^\n]{0,60}no (se )?(pudo|ha podido)|correo devuelto|entrega fallida|error de entrega del/iu,
  /(sua|a) mensagem[^\n]{0,60}não (pôde|foi)[^\n]{0,10} entreg|falha (na|de) entrega|impossibile (recapitare|consegnare) il|mancata consegna|consegna non riuscita|messaggio non (recapitato|consegnato)/iu,
  /(bericht|e-mail)[^\n]{0,60}kon niet worden (bezorgd|afgeleverd)|niet bezorgd:|nie (można|udało się) dostarczyć|niedostarczon|meddelande[^\n]{0,60}kunde inte levereras|kunne ikke leveres|ei voitu toimittaa|zprávu nelze doručit|nem kézbesíthető|nu a putut fi livrat/iu,
  /iletilemedi|teslim edilemedi|не удалось доставить|(сообщение|письмо) не доставлено|недоставленн|не вдалося доставити/iu,
  /(邮件|郵件)[^\n]{0,20}(退回|无法(投递|送达)|無法(投遞|送達))|投递失败|退信|(メール|メッセージ)[^\n]{0,20}(配信(不能|できません|に失敗)|送信できません)|配信不能|(메일|메시지)[^\n]{0,20}(반송|전송되지|배달되지|전달되지)/u,
  /تعذر (تسليم|توصيل)|فشل (تسليم|التسليم)|(הודעתך|ההודעה)[^\n]{0,20}לא נמסרה/u,
];

/** What a person adds who only mentions an absence: they want something of us. */
const wants =
  /\b(we (need|want|would like|are looking)|(could|can|would) you (send|call|tell|give|please)|how much|i need|i want|i['’]d like|wir (brauchen|suchen|möchten|wollen)|können sie|ich (brauche|möchte)|nous (cherchons|avons besoin|voudrions)|pourriez|necesitamos|queremos|podr[íi]an|precisamos|vorremmo|we zoeken|potrzebujemy)\b|нам нужн|我们需要|我们想|必要です|필요합니다/iu;

/** Machines say at once that they are one. */
const maxChars = 1_500;

/** Where a note says that nobody wrote it: it is the answer of an absent person's mailbox, or a mail that a server returned. */
export function automaticIn(text: string): { start: number; end: number } | undefined {
  const begin = text.slice(0, maxChars);
  const first = (patterns: RegExp[]) =>
    patterns.map((pattern) => pattern.exec(begin)).find((match) => match !== null);
  const match = first(returned) ?? (wants.test(begin) ? undefined : first(away));
  return match && { start: match.index, end: match.index + match[0].length };
}
