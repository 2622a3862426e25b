def f
  <<~EOS
    do ( [
  EOS
end
