head --lines=60 plan.lock > cut && mv cut plan.lock
