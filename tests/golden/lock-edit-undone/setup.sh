sed -i 's/planned: 2/planned: 20/' plan.lock
