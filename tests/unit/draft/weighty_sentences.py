"""Sentences and the priorities that they tell: A is accuracy, C cost, L latency, X complexity."""

SENTENCES = """
    accuracy is critical, cost is secondary | A=high C=low
    Low latency is critical. | L=high
    we need low cost and low latency | C=high L=high
    money is no object | C=low
    as cheap as possible | C=high
    cost-effective hosting | C=high
    needs to be fast | L=high
    high quality translations | A=high
    best possible answers | A=high
    speed isn't critical | L=low
    don't care about cost | C=low
    accuracy over speed | A=high L=low
    cost efficiency is important | C=high
    all matter equally | A=medium C=medium L=medium X=medium
    latency first, then cost | L=high C=medium
    budget 6000 USD per month |
    TTFT < 200 ms, p95 latency under 2 s |
    answers must feel instant | L=high
    cost, latency and quality are all important | A=high C=high L=high
    accuracy matters more than speed | A=high L=low
    quality is more important than cost | A=high C=low
    latency doesn't matter | L=low
    latency is not a concern, accuracy is the top priority | L=low A=high
    keep costs down | C=high
    must not hallucinate | A=high
    hallucinations are unacceptable | A=high
    a few seconds are fine | L=low
    it may be slower as long as the answers are right | L=low A=high
    it should be easy to operate, small ops team | X=high
    simple to maintain | X=high
    cost sensitive | C=high
    we are very latency-sensitive | L=high
    not latency sensitive | L=low
    nice to have: fast responses | L=low
    reasonable cost | C=medium
    reasonably fast | L=medium
    doesn't have to be fast | L=low
    a balance of cost and quality | C=medium A=medium
    Priorities: accuracy high, cost low, latency medium | A=high C=low L=medium
    priorities: accuracy: high; cost: medium; latency: low; complexity: low | A=high C=medium L=low X=low
    accuracy > latency > cost | A=high L=medium C=low
    We optimise for cost | C=high
    Cost is the main concern, we can tolerate slower answers | C=high L=low
    quality matters most, speed less so | A=high L=low
    accuracy matters, speed does not | A=high L=low
    budget is tight | C=high
    the budget is flexible | C=low
    we'd rather pay more for better accuracy, quality is key | A=high C=low
    willing to sacrifice speed for accuracy | L=low A=high
    prefer quality to speed | A=high L=low
    too expensive today | C=high
    Users hate waiting | L=high
    real-time translation | L=high
    overnight batch | L=low
    nobody is waiting for the results | L=low
    cost isn't an issue | C=low
    Speed is key, cost less so | L=high C=low
    correctness is paramount, we must not get wrong answers | A=high
    response time is crucial | L=high
    our CFO watches every dollar | C=high
    Genauigkeit ist am wichtigsten, Kosten sind zweitrangig | A=high C=low
    Kosten spielen keine Rolle | C=low
    möglichst günstig | C=high
    Antworten müssen schnell kommen | L=high
    Latenz ist unkritisch, Qualität hat höchste Priorität | L=low A=high
    niedrige Latenz und geringe Kosten | L=high C=high
    muss nicht schnell sein | L=low
    Genauigkeit vor Geschwindigkeit | A=high L=low
    Qualität ist wichtiger als Kosten | A=high C=low
    einfach zu betreiben | X=high
    la précision est primordiale, le coût est secondaire | A=high C=low
    faible latence | L=high
    le moins cher possible | C=high
    la qualité avant tout | A=high
    le coût importe peu | C=low
    qualité plutôt que rapidité | A=high L=low
    la precisión es crítica, el costo es secundario | A=high C=low
    baja latencia y bajo costo | L=high C=high
    lo más barato posible | C=high
    el dinero no es problema | C=low
    la calidad es más importante que la velocidad | A=high L=low
    精度を最優先、コストは二の次 | A=high C=low
    低遅延が重要 | L=high
    コストを抑えたい | C=high
    速度よりも精度を重視 | A=high L=low
    できるだけ安く | C=high
    応答速度は重要ではない | L=low
    遅くても構わない | L=low
    准确性最重要，成本次要 | A=high C=low
    延迟要低，成本不敏感 | L=high C=low
    准确性比速度重要 | A=high L=low
    预算有限，越便宜越好 | C=high
    响应要快 | L=high
    不计成本，质量第一 | C=low A=high
    成本优先，其次是延迟 | C=high L=medium
    cheap and cheerful, quality is whatever | C=high A=low
    the answers should be accurate | A=high
    quality assurance team of 50, our price list is long |
    fast, cheap and accurate | A=high C=high L=high
    our top priorities are cost and simplicity | C=high X=high
    No compromise on quality | A=high
    we can't compromise on accuracy but speed is flexible | A=high L=low
    accuracy is not critical | A=low
    cost is not our main concern | C=low
    performance is critical | L=high
    minimise cost | C=high
    we care most about latency | L=high
    I don't care how expensive it is | C=low
    even if it costs more | C=low
    latency matters but isn't everything | L=high
    most important: low cost. Speed: nice to have | C=high L=low
    few GPUs please, and cheap | X=high C=high
    quality at the expense of speed | A=high L=low
    Answers need to come back quickly, we don't have much money, and quality should be solid | L=high C=high
    Speed is of the essence here. Price? Not so much. | L=high C=low
    The most important thing for us is that the answers are right. Cost is less of a concern. | A=high C=low
    We're a startup so keep it cheap! | C=high
    it's fine if answers take a few seconds but they must be correct | L=low A=high
    response quality is paramount; we're happy to pay for it | A=high C=low
    We need snappy responses and can live with the occasional mistake | L=high A=low
    low-latency, low-cost | L=high C=high
    I want the fastest option, price doesn't matter | L=high C=low
    Cheapest option please, quality is not critical | C=high A=low
    accuracy: critical, latency: nice to have, cost: moderate | A=high L=low C=medium
    Please optimize for latency over cost | L=high C=low
    cost over latency | C=high L=low
    precision matters more to us than response time | A=high L=low
    Quality first, then speed, then price. | A=high L=medium C=low
    1. accuracy 2. latency 3. cost in that order | A=high L=medium C=low
    our users are impatient, so responsiveness is key | L=high
    we have a generous budget | C=low
    budget is not a constraint | C=low
    cost should be reasonable | C=medium
    We care about cost but not about latency | C=high L=low
    neither cost nor latency matter much, accuracy does | C=low L=low A=high
    we don't mind if it's slow | L=low
    wrong answers could cost us in court | A=high
    mistakes are unacceptable | A=high
    medical context so it can't be wrong | A=high
    The cheaper the better | C=high
    The faster the better | L=high
    It must be accurate, fast doesn't matter | A=high L=low
    easy to maintain is more important than raw speed | X=high L=low
    We don't have an ops team so it has to be simple to run | X=high
    complexity isn't an issue, we have a strong platform team | X=low
    quality is good enough as is, save money | A=medium C=high
    latency-critical workload | L=high
    quality-critical | A=high
    cost-conscious team | C=high
    High accuracy required | A=high
    high throughput required |
    We want high availability and low cost | C=high
    keep GPU spend to a minimum | C=high
    minimal latency | L=high
    Latency isn't super important | L=low
    cost is not super important to us but latency is | C=low L=high
    we can trade some accuracy for speed | A=low L=high
    doesn't need to be the smartest model, just cheap and quick | A=low C=high L=high
    speed and accuracy are equally important | L=medium A=medium
    good balance between cost and latency | C=medium L=medium
    latency is important, accuracy is very important, cost is least important | L=high A=high C=low
    top priority: accuracy. second priority: cost. | A=high C=medium
    p95 latency must stay below 2 seconds and the budget is $8k |
    max budget 10k USD, cost per request under 1 cent |
    must be accurate | A=high
    legal requires accuracy above all | A=high
    Accuracy is a must-have | A=high
    accuracy high priority, cost low priority | A=high C=low
    high priority on cost, low priority on latency | C=high L=low
    cost sensitivity: high | C=high
    Latency: high priority. Cost: medium priority. Quality: low priority. | L=high C=medium A=low
    Qualität geht vor Kosten | A=high C=low
    Die Antworten sollen möglichst genau sein, dürfen aber ruhig länger dauern | A=high L=low
    Kosten sind uns wichtig, Geschwindigkeit eher nicht | C=high L=low
    Wichtig sind uns niedrige Kosten und eine hohe Qualität | C=high A=high
    Geschwindigkeit ist das A und O | L=high
    Budget ist knapp, Latenz egal | C=high L=low
    Das Ganze soll billig sein | C=high
    Priorität: Genauigkeit hoch, Kosten mittel, Latenz niedrig | A=high C=medium L=low
    Hauptsache schnell | L=high
    Präzision ist uns wichtiger als Tempo | A=high L=low
    keine Halluzinationen | A=high
    Il faut que ce soit rapide et pas cher | L=high C=high
    la rapidité est essentielle, le prix n'est pas un problème | L=high C=low
    les réponses doivent être exactes, peu importe le délai | A=high L=low
    La qualité est plus importante que la vitesse | A=high L=low
    On veut minimiser les coûts | C=high
    budget serré | C=high
    la latence n'est pas critique | L=low
    privilégier la qualité | A=high
    Lo más importante es la precisión | A=high
    Que sea rápido y barato | L=high C=high
    no importa el costo, importa la calidad | C=low A=high
    La velocidad no es crítica | L=low
    prioridad: costo bajo | C=high
    priorizamos la calidad sobre la velocidad | A=high L=low
    tenemos poco presupuesto | C=high
    respuestas instantáneas | L=high
    精度が最も重要です。速度は問いません。 | A=high L=low
    コストを最小限に抑えたい | C=high
    レスポンスの速さが重要、コストはあまり気にしない | L=high C=low
    品質重視 | A=high
    低コストで運用しやすいもの | C=high X=high
    正確さは必須 | A=high
    コストより品質を優先 | A=high C=low
    予算に余裕があるので費用は問わない | C=low
    高精度が求められる | A=high
    多少遅くても構いません | L=low
    质量优先，速度其次，成本不限 | A=high L=medium C=low
    对延迟非常敏感 | L=high
    注重成本 | C=high
    回答必须准确，不能出错 | A=high
    速度要快，价格要便宜 | L=high C=high
    成本控制很重要，延迟可以放宽 | C=high L=low
    准确率优先于成本 | A=high C=low
    对速度要求不高，但要省钱 | L=low C=high
    预算充足，追求最好的质量 | C=low A=high
    响应速度最重要 | L=high
"""
