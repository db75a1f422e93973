/**
 * What people choose most: words that come alone or with figures behind them, rows of keys, and whole passwords of
 * twelve characters and more that head every published list of leaked ones. All in lower case.
 */

/** Refused when nothing but figures and signs follows, also when repeated: Password2026!, dragondragon1. */
export const COMMON_WORDS: readonly string[] =
  `abcdef access account adidas admin administrator adobe alexander alexandra america amanda andrea andrew angel angela
  anthony apple april arsenal ashley asdfgh asshole august austin autumn azerty babygirl badboy banana barcelona baseball
  basketball batman beautiful benfica birthday blessed blink brandon butterfly buster camaro cameron carlos changeme
  charlie charlotte cheese chelsea chester chicken chocolate chris christian christmas cocacola computer cookie cookies
  corvette cowboy crystal daniel david december default denise diamond dolphin donald dragon eagles elephant elizabeth
  eminem eventide everton fabulous family february ferrari flower football forever freedom friday friends fuckoff fuckyou
  gabriel gandalf garfield george giants ginger google guest guitar hammer hannah happiness happy harley heather hello
  helloworld hockey hunter iloveme iloveyou infinity instagram internet isabella jackson january jasmine jennifer
  jessica jesus jonathan jordan joseph joshua juventus killer kitten kristina lakers lauren legend letmein liverpool
  lollipop london lovely loveme loveyou lucky manager manchester march maria marina martin master matrix matthew maverick
  mercedes merlin metallica michael michelle microsoft minecraft monday money monkey monster morgan mother mustang mylove
  naruto natalie natasha newyork nicholas nicole nothing november october oliver orange parola passpass passw password
  passwort patrick peanut pepper player please pokemon porsche power princess prince purple qwaszx qwerty qwertz rainbow
  ranger rangers raiders robert ronaldo root rosebud samantha samsung sandra saturday scorpion scooter sebastian secret
  security september server shadow silver simple skywalker slipknot snoopy soccer softball sophie spiderman spring
  starwars steelers stephanie summer sunday sunshine superman superstar sweetheart sweety tennis test tester testing
  thomas thunder thursday tigger tinkerbell trustno tuesday twilight united user vanessa victoria victory wednesday
  welcome whatever william winner winter wizard yankees yellow zxcvbn`.split(/\s+/);

/** Walked along in either direction, in pieces: qwertyuiop123, abcdefgh4321. */
export const KEY_ROWS: readonly string[] = [
  "01234567890",
  "abcdefghijklmnopqrstuvwxyz",
  "qwertyuiop[]",
  "qwertzuiopü",
  "azertyuiopqsdfghjklm",
  "asdfghjkl;'",
  "zxcvbnm,./",
  "yxcvbnm",
  "1q2w3e4r5t6y7u8i9o0p",
  "q1w2e3r4t5y6u7i8o9p0",
  "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol",
  "qazwsxedcrfvtgbyhnujmikolp",
  "zaq12wsxcde34rfvbgt56yhn",
  "!@#$%^&*()_+",
];

export const COMMON_PASSWORDS: ReadonlySet<string> = new Set(
  `a1b2c3d4e5f6 abcd1234abcd adminadmin123 allahuakbar1 alwaysandforever anaconda1234 andromeda123 archangel123
  awesomeness1 babygirl4life barcelona1899 basketball23 bismillah123 bismillah786 blackberry12 bluebird1234 brokenheart1
  bubblegum123 buddyholly12 butterflies1 californication charliebrown chocolatecake christopher1 cleopatra123
  constantinople contrasena123 contraseña123 correcthorsebatterystaple counterstrike daddysgirl12 dallascowboys
  dangerous123 daniel123456 depechemode1 dolphins1234 dontforgetit dragonball12 dragonballz1 dreamtheater elizabeth123
  enterpassword everlasting1 falloutboy12 finalfantasy finalfantasy7 firebird1234 fireman12345 footballplayer
  forgetmenot1 forgotpassword freedom12345 freepassword fullmetal123 gameofthrones ganapati1234 geronimo1234
  getmeoutofhere girlfriend12 godfather123 godisgood123 godisgreat12 godislove123 goodmorning1 greenday1234 greenlantern
  gunsandroses gunsnroses12 hahahahahaha harleydavidson harrypotter1 heartbreaker hellokitty12 highschoolmusical
  hollywood123 hunter2hunter2 iamawesome12 iamthebest12 iamtheboss12 idontknow123 ihateyou1234 iloveyou4ever
  iloveyoubaby iloveyousomuch imissyou1234 incorrecthorse inuyasha1234 jackdaniels1 jackofalltrades jesuschrist1
  jesusislord1 jesuslovesme jesussaves12 johncena1234 johnny123456 justinbieber justintimberlake kingofkings1
  ladybug12345 leonardo1234 letmeinplease linkinpark12 lionking1234 lovelovelove lovemyfamily maheshwari12
  manchesterunited manutd123456 marijuana420 marlboro1234 masterchief1 masterkey123 megadeth1234 michaeljackson
  michaeljordan mississippi1 motherfucker motorola1234 mustang12345 mybirthday12 mychildren12 mychemicalromance
  mydarling123 myfamily1234 mynameis1234 mypassword12 mypassword123 mypassword1234 myspace12345 nevergiveup1
  newpassword1 newpassword12 nightmare123 nightwish123 nopassword12 notpassword1 onedirection operation123 p@ssw0rd1234
  pakistan1234 papabear1234 paramore1234 parishilton1 pinkfloyd123 playstation1 playstation2 playstation3 playboy12345
  pleaseletmein pokemon12345 poohbear1234 portugal1234 qwerty123456 realmadrid12 redsox123456 remember1234 rockandroll1
  rollingstones romeoandjuliet sabrina12345 santiago1234 saturn123456 scoobydoo123 secretpassword sexygirl1234
  shadow123456 showmethemoney simplepassword skateboard12 snickers1234 southpark123 spongebob123 squarepants1
  starcraft123 stargate1234 strawberry12 sunflower123 superman1234 supernatural supernova123 supersecret1 superstar123
  sweetheart12 teamomucho12 temporary123 terminator12 test1234test thebeatles12 thegreatest1 theincredibles
  thequickbrownfox thesimpsons1 thisismypassword thisispassword tinkerbell12 trustno1trustno1 undertaker12
  unbelievable underground1 university12 vergessen123 volkswagen12 warcraft1234 waterfall123 whatsapp1234 whatthefuck1
  whatthehell1 wonderwoman1 worldofwarcraft yourmother12 yourpassword zeppelin1234`.split(/\s+/),
);
