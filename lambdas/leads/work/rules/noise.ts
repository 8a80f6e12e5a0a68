import { plain } from './words.ts';

/** Words of many notes that say nothing of what is wanted, without accents. */
const noise = new Set(
  (
    'the a an and or but of to in on at by for from with about as is are was were be been being am it its this that these those there here i me my mine we us our ours you your yours he him his she her they them their who whom whose which what when where why how not no nor so if then than too very just also only even still again any some all each more most much many few other another such own same can could will would shall should may might must do does did done has have had having get got go goes going let lets up down out over under into onto off per via yes please hi hello hey dear thanks thank regards im ive id ill youre were weve theyre dont doesnt isnt cant wont ' +
    'ich du er sie es wir ihr uns euch mich mir dich dir ihm ihn ihnen mein meine meinen dein unser unsere unserem unseren euer ihre ihren der die das den dem des ein eine einen einem einer und oder aber nicht kein keine ist sind war waren sein bin hat haben hatte wird werden wurde kann konnen konnte soll mit fur von vom zu zum zur bei beim auf an am im in aus nach uber unter vor seit bis um als wie wenn dass was wer wo warum auch noch nur schon sehr mehr so da hier bitte hallo guten tag danke ' +
    'je tu il elle on nous vous ils elles me te se moi toi lui leur mon ma mes ton ta tes son sa ses notre nos votre vos le la les un une des du de au aux et ou mais ne pas plus que qui quoi dont est sont etait etre suis avons avez ont avoir ai as a en dans sur sous par pour avec sans chez vers ce cet cette ces cela ca si tres aussi bien tout tous bonjour merci ' +
    'yo tu el ella nosotros vosotros ellos usted ustedes mi mis su sus nuestro nuestra nuestros lo los las un una unos unas del al y o pero no que quien cual cuando donde como es son era fue ser estar esta estan estoy hay ha han he hemos tiene tengo tenemos en con sin por para sobre entre desde hasta muy mas ya tambien este esta estos esa eso se le les nos hola buenos dias gracias ' +
    'eu ele ela eles elas voce voces meu minha seu sua nosso nossa os um uma uns umas do da dos das no na nos nas ao aos pelo pela e mas nao sim que quem onde sao foi era ser estou esta estao tem temos tenho com sem por para ate muito mais ja tambem isso este ola obrigado bom dia boa ' +
    'io lui lei noi voi loro mio mia nostro nostra vostro suo lo gli uno del dello della dei delle dal dalla nel nella sul sulla e ed ma non che chi cui quale quando dove come sono sei siamo siete era essere ho hai ha abbiamo hanno con senza per tra fra molto piu gia anche questo questa quello ciao salve buongiorno grazie ' +
    'ik jij hij zij wij we jullie mij ons onze mijn jouw uw hun het een en of maar niet geen is zijn was waren ben heeft hebben had wordt kan kunnen zou met voor van op aan bij uit naar over onder om als wat wie waar ook nog al maar zo dit dat deze die er graag hallo ' +
    'jest sa byl nie tak i w z na do od dla po przez sie ten ta to ja my wy oni jak co czy juz och jag du han hon vi ni de och eller men inte ar var har med for till av om pa som det den ett en vi har ' +
    'и в во не на я мы вы он она они с со как а то все у к но за по из от до о об для при же бы ли это этот эта что кто где когда уже еще так нам нас вам вас мне меня наш наша ваш ваша есть был была быть здравствуите привет спасибо ' +
    'і та й у що як ми ви вони наш ваш це є не з до для від bir ve bu da de mi icin ile ne ben biz siz o cok daha var'
  ).split(/\s+/),
);

/** Whether a word says nothing by itself: a function word, a sign, or one letter of an alphabet. */
export function isNoise(phrase: string): boolean {
  const word = plain(phrase);
  if (noise.has(word)) return true;
  if (
    /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Hangul}]/u.test(
      word,
    )
  )
    return false;
  return (word.match(/\p{L}/gu)?.length ?? 0) < 3;
}
