// Package notice tells people of meetings: what is coming up, where and when, and who comes. A meeting is data that every
// reader gets in their own language; what was put forward is frozen and goes out only after a second person has agreed.
package notice
