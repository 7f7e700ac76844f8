"""More sentences and the priorities that they tell: constructions, denials, comparisons, orders."""

SENTENCES = """
    Customer service chatbot for 500 users, response time is critical | L=high
    We need code completion for a team of 300 developers, quality over cost, on H100s | A=high C=low
    Latency is a non-issue, just get the answers right | L=low A=high
    Cost is the main driver for this pilot | C=high
    Expense be damned, we want the smartest thing available | C=low A=high
    We want top answers at any price | A=high C=low
    Money isn't a constraint for the trading desk; every millisecond counts | C=low L=high
    Every keystroke counts in our IDE plugin | L=high
    Hauptsache richtig, Zeit haben wir genug | A=high L=low
    Fiabilité maximale, le budget suivra | A=high C=low
    There is nobody technical to run it | X=high
    We don't care how long it takes. Top quality. | L=low A=high
    Use whatever is cheapest | C=high
    Fehler sind nicht akzeptabel | A=high
    RAG assistant for 1,200 lawyers; accuracy trumps everything else, we can wait | A=high L=low
    Chat widget on our web shop, low latency and low cost both critical | L=high C=high
    Neither speed nor cost matters much here, only correctness | L=low C=low A=high
    Summaries run at night, so no need to be fast, but the bill has to be small | L=low C=high
    The bot can't be slow | L=high
    cost is not the problem, speed is | C=low L=high
    Speed and cost are both critical | L=high C=high
    accuracy, cost: high; latency: medium | A=high C=high L=medium
    We'd rather have a correct answer than a quick one | A=high L=low
    We would rather pay more than get sloppy answers | C=low A=high
    Speed before quality, always | L=high A=low
    Please favour throughput of cheap hardware even if quality dips a little | C=high A=low
    Sacrifice a little quality for speed | A=low L=high
    Don't sacrifice quality for speed | A=high
    First comes accuracy, then cost, and latency last | A=high C=medium L=low
    Ticket: internal FAQ bot. Priority: cost. | C=high
    Our finance director watches the cloud bill like a hawk | C=high
    Students will abandon the tutor if it takes more than a moment | L=high
    Nurses need trustworthy answers, a mistake could harm a patient | A=high
    We're a two-person startup with no devops experience, something we can leave alone | X=high
    Price isn't really a factor | C=low
    Quality can take a hit if that makes it cheaper | A=low C=high
    We're not price sensitive | C=low
    We are very price sensitive | C=high
    Mid-range quality is OK | A=medium
    Speed is important but not at the cost of accuracy | L=high A=high
    It has to be quick, cheap and dead simple to operate | L=high C=high X=high
    Answers within the blink of an eye | L=high
    Turnaround is unimportant | L=low
    Nobody minds a coffee break while it thinks | L=low
    Latency tolerant workload, cost optimised | L=low C=high
    Premium experience: best model available regardless of spend | A=high C=low
    We want the lowest possible spend | C=high
    The less we spend the better | C=high
    Accuracy matters more than latency | A=high L=low
    Latency matters less than accuracy | A=high L=low
    Cost matters as much as quality | C=high A=high
    Kosten sind zweitrangig, die Antwort muss sitzen | C=low A=high
    Geschwindigkeit ist wichtiger als Qualität | L=high A=low
    Lieber langsam und richtig als schnell und falsch | A=high L=low
    Wir haben keinen Admin, der sich darum kümmert | X=high
    Am Geld soll es nicht scheitern | C=low
    Das Budget ist eng, Antwortzeit ist uns nicht so wichtig | C=high L=low
    On n'est pas pressés, mais la qualité doit être irréprochable | L=low A=high
    Le coût passe avant tout | C=high
    La rapidité prime sur la précision | L=high A=low
    Peu importe le temps que ça prend | L=low
    No tenemos prisa, lo que queremos es calidad | L=low A=high
    El coste es lo de menos | C=low
    Ante todo, que no falle en las respuestas | A=high
    Que sea lo más barato posible, aunque tarde un poco | C=high L=low
    とにかく安くしたい。速度はそこまで求めない。 | C=high L=low
    レスポンスが遅いと使ってもらえない | L=high
    便宜最重要，慢点也行 | C=high L=low
    我们不差钱，要最准的 | C=low A=high
    没有专人运维，越省心越好 | X=high
    用户对等待零容忍 | L=high
    Reply speed: must be instant. Price: don't care. | L=high C=low
    Is it cheap? That's the only thing my boss asks. | C=high
    latency budget relaxed, cost budget strict | L=low C=high
    Not latency critical | L=low
    not a latency-sensitive application | L=low
    cost-insensitive, accuracy-obsessed | C=low A=high
    speed > accuracy > cost | L=high A=medium C=low
    quality = most important; price = second; speed = third | A=high C=medium L=low
    We can live with occasional mistakes as long as it is fast and cheap | A=low L=high C=high
    Perfection is not required | A=low
    If it costs a bit more that's fine, as long as agents never wait on a call | C=low L=high
    Our SREs are few and tired: keep it boring | X=high
    Complexity is no problem, we've a seasoned platform crew | X=low
    Good quality at a reasonable price | A=high C=medium
    A decent response time will do | L=medium
    Balanced cost and quality please | C=medium A=medium
    all of speed, cost and quality matter equally | L=medium C=medium A=medium
    low priority for latency, high priority for accuracy | L=low A=high
    Don't break the bank | C=high
    The board wants it done on the cheap | C=high
    We have money, but we don't have time: answers have to be there immediately | C=low L=high
    It shouldn't cost an arm and a leg | C=high
    Response time isn't everything; being right is | L=low A=high
    Throw as much hardware at it as you need | C=low
    We serve traders, so delays are deadly | L=high
    Patients' lives are at stake, so it must not make things up | A=high
    A wrong dosage would be a catastrophe | A=high
    Our testers are patient people, they don't mind a delay | L=low
    Quality matters, cost less so | A=high C=low
    More concerned with cost than with speed | C=high L=low
    Less concerned with cost than with speed | C=low L=high
    Cheap over good | C=high A=low
    Prioritise accuracy at the expense of latency | A=high L=low
    Latency at the expense of cost | L=high C=low
    Customer support chatbot for 2,000 users where fast responses are essential. | L=high
    Code completion tool for 50 engineers. Cost efficiency is our top concern. | C=high
    Translation service for 5k users, low latency preferred, cost is not a concern. | L=high C=low
    Internal wiki Q&A for 300 staff, nothing fancy, keep costs minimal. | C=high
    Content generation for 40 marketers with high-quality output; speed is less important. | A=high L=low
    Real-time code suggestions for 1000 devs, sub-200ms. | L=high
    We're building a chatbot for 10k students. Cheap is good. | C=high
    Batch summarization of contracts, 30 users, quality matters most, no rush. | A=high L=low
    Trading desk assistant, 75 traders, H100, ultra low latency, price no issue. | L=high C=low
    Please keep it affordable: an FAQ bot for a village library. | C=high
    Our CEO says we can spend what we like, but it must never be wrong. | C=low A=high
    I want the best quality regardless of what it costs me | A=high C=low
    Could you keep the answers snappy? The reps have somebody on the phone. | L=high
    Not too bothered about speed tbh, just don't bankrupt us lol | L=low C=high
    Reply quality is everything to our brand. | A=high
    Speed isn't everything. Get it right. | L=low A=high
    The responses don't have to be perfect but should come back quickly. | A=low L=high
    Response times of a couple of minutes would be perfectly okay for us | L=low
    We would accept a slower system if it means fewer mistakes | L=low A=high
    We'd happily trade accuracy for lower cost. | A=low C=high
    We'd happily pay extra for accuracy. | C=low A=high
    Prefer speed to accuracy. | L=high A=low
    Prefer cheaper models over the most accurate ones. | C=high A=low
    Accuracy outranks latency, and latency outranks cost. | A=high L=medium C=low
    Quality is king, speed is queen, cost is whatever. | A=high C=low
    Cost: top priority. Accuracy: nice to have. | C=high A=low
    Priorities: 1) latency 2) accuracy 3) cost | L=high A=medium C=low
    Priority order - cost, quality, speed | C=high A=medium L=low
    latency=high; cost=low; accuracy=medium | L=high A=medium C=low
    Importance: accuracy high, latency medium, cost low, complexity low | A=high L=medium C=low X=low
    Weights: quality 5/5, cost 2/5, speed 1/5 | A=high C=low L=low
    We do not have the people to babysit a cluster. | X=high
    Simple setup please, I'm the only engineer. | X=high
    We are happy to run a complex setup. | X=low
    Low maintenance is a must | X=high
    Easy to operate, easy on the wallet | X=high C=high
    Users are impatient | L=high
    Users are very patient | L=low
    The students are not in a hurry | L=low
    If the reply lags by more than a second, agents lose the customer | L=high
    Speed of the essence! | L=high
    Answer quality could be better, cost could not be lower priority | C=low
    We want quality without compromise | A=high
    Not willing to compromise on accuracy | A=high
    willing to compromise on accuracy | A=low
    Willing to compromise on speed but never on accuracy | L=low A=high
    Accuracy can be sacrificed for responsiveness | A=low L=high
    Keep latency low and throughput high | L=high
    Please don't optimise for cost | C=low
    Optimise for cost, not for latency | C=high L=low
    Optimise for latency rather than cost | L=high C=low
    It's about quality, not speed | A=high L=low
    It's not about cost, it's about speed | C=low L=high
    Cost doesn't matter nearly as much as latency | C=low L=high
    Cost is not as important as quality | C=low A=high
    Latency isn't as critical as accuracy for this one | L=low A=high
    Both latency and accuracy are crucial | L=high A=high
    High accuracy and low latency are both required. | A=high L=high
    Neither cost nor complexity is a concern | C=low X=low
    Latency-sensitive, cost-insensitive | L=high C=low
    We aren't on a tight budget | C=low
    Budget isn't tight | C=low
    Budget is not unlimited | C=high
    No unlimited budget here | C=high
    The quality must be consistently high | A=high
    Mediocre answers are a no-go | A=high
    Errors cost lives | A=high
    We can tolerate the odd error | A=low
    We can't tolerate errors | A=high
    A few typos won't hurt anybody | A=low
    Speed is a nice bonus | L=low
    Accuracy would be a bonus but price decides | A=low C=high
    Price is the deciding factor | C=high
    What decides is the price | C=high
    It all comes down to price | C=high
    The only thing that matters is cost | C=high
    Nothing matters more than accuracy | A=high
    Accuracy above cost and speed | A=high C=low L=low
    We put quality ahead of speed | A=high L=low
    Put speed first | L=high
    Speed comes before everything | L=high
    Kosteneffizienz steht im Vordergrund, Qualität darf etwas leiden | C=high A=low
    Die Antworten müssen sofort da sein, Kosten sind egal | L=high C=low
    Wichtig ist vor allem eine hohe Genauigkeit; Latenz ist unkritisch | A=high L=low
    Billig muss es sein, schnell nicht unbedingt | C=high L=low
    Geld spielt keine Rolle, Hauptsache die Qualität stimmt | C=low A=high
    Wir legen großen Wert auf Genauigkeit und weniger auf Geschwindigkeit | A=high L=low
    Das System soll wartungsarm sein, wir haben kein Ops-Team | X=high
    Qualität ist uns wichtiger als der Preis | A=high C=low
    Keine Echtzeit nötig | L=low
    La latence doit être la plus faible possible | L=high
    Le prix est secondaire, seule la précision compte | C=low A=high
    Nous avons un budget très limité | C=high
    La vitesse n'a aucune importance | L=low
    Il vaut mieux lent et juste que rapide et faux | A=high L=low
    Personne chez nous pour administrer des serveurs | X=high
    Nous préférons la qualité à la vitesse | A=high L=low
    La latencia tiene que ser mínima, el presupuesto no es un problema | L=high C=low
    Buscamos la máxima calidad, aunque sea más caro | A=high C=low
    No hace falta que responda rápido | L=low
    El presupuesto es muy ajustado | C=high
    Preferimos calidad a velocidad | A=high L=low
    No contamos con equipo técnico | X=high
    応答の速さが最優先、精度はほどほどでよい | L=high A=medium
    コストはいくらかかってもいいので、最高の品質を | C=low A=high
    予算があまりないので安く済ませたい | C=high
    夜間バッチなので遅くても問題ない。間違いは許されない。 | L=low A=high
    运维人员很少，希望部署简单 | X=high
    对成本不敏感，但对延迟很敏感 | C=low L=high
    质量比速度更重要 | A=high L=low
    预算不多，能省就省 | C=high
    准确率要求很高，响应慢一点可以接受 | A=high L=low
"""
