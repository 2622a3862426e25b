class EXPORT A : public B {
    FOO(int)
public:
    void f() { g(); }
};
