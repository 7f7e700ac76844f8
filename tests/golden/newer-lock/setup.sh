sed -i 's/^schema: .*/schema: 99\nfromTheFuture: true/' plan.lock
